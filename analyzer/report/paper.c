/* SPDX-License-Identifier: Apache-2.0 */
#include "report/paper.h"

#include "report/kept.h"

enum {
    QUOTE_CELLS = 408, /* of a log line: six lines of a narrow terminal */
    QUOTE_LEAST = 20,  /* columns for it, however narrow the terminal */
};

/* How an atom stands to the one before it. */
enum gap {
    GAP_NONE,
    GAP_BLANK,
    GAP_LINE,
    GAP_PARAGRAPH,
};

struct paper
paper_of(struct buf *out, const struct report_style *style)
{
    size_t least = PAPER_VALUE + QUOTE_LEAST;
    struct paper paper = {out, style, style->columns, PAPER_PROSE};
    if (paper.columns == 0) {
        paper.columns = PAPER_COLUMNS;
    } else if (paper.columns < least) {
        paper.columns = least;
    }
    if (paper.prose > paper.columns) {
        paper.prose = paper.columns;
    }
    return paper;
}

void
paper_ink(struct paper *paper, enum ink ink)
{
    static const char *const codes[] = {
        [INK_PLAIN] = "\x1b[0m",         [INK_BOLD] = "\x1b[1m",
        [INK_DIM] = "\x1b[2m",           [INK_GOOD] = "\x1b[1;32m",
        [INK_LOOK] = "\x1b[36m",         [INK_CHANGE] = "\x1b[1;35m",
        [INK_WARNING] = "\x1b[1;33m",    [INK_ERROR] = "\x1b[1;31m",
        [INK_CRITICAL] = "\x1b[1;7;31m",
    };

    if (paper->style->color) {
        buf_add_text(paper->out, codes[ink]);
    }
}

void
paper_blanks(struct paper *paper, size_t count)
{
    static const char blanks[] = "                ";
    size_t most = sizeof(blanks) - 1;
    while (count > most) {
        buf_add(paper->out, slice_of(blanks, most));
        count -= most;
    }
    buf_add(paper->out, slice_of(blanks, count));
}

void
paper_cell(struct paper *paper, enum ink ink, struct slice text, size_t cells)
{
    size_t width = printable_width(text);
    if (ink != INK_PLAIN) {
        paper_ink(paper, ink);
    }
    printable_add(paper->out, text);
    if (ink != INK_PLAIN) {
        paper_ink(paper, INK_PLAIN);
    }
    paper_blanks(paper, width < cells ? cells - width : 1);
}

void
paper_label(struct paper *paper, enum ink ink, struct slice label)
{
    struct kept *kept = paper->style->kept;
    uint32_t form = KEPT_LABEL | (uint32_t)ink << KEPT_FORM_BITS;
    struct slice made;
    if (kept_find(kept, label, form, &made)) {
        buf_add(paper->out, made);
        return;
    }
    size_t before = paper->out->len;
    paper_blanks(paper, PAPER_LABEL);
    paper_cell(paper, ink, label, PAPER_VALUE - PAPER_LABEL);
    kept_add(kept, label, form, slice_after(buf_slice(paper->out), before));
}

static bool
is_blank(uint32_t code)
{
    return code == ' ' || code == '\t' || code == '\n' || code == '\r';
}

static bool
is_one_of(uint32_t code, struct slice set)
{
    struct printable_glyph glyph;
    while (printable_next(&set, &glyph)) {
        if (glyph.code == code) {
            return true;
        }
    }
    return false;
}

/* No line begins with these, and none ends with those (kinsoku). */
static bool
may_begin_line(uint32_t code)
{
    return !is_one_of(code, SLICE(",.:;!?)]}%'\"、。，．・：；？！）」』】〕〉"
                                  "》］｝ー々ぁぃぅぇぉっゃゅょゎァィゥェォッャ"
                                  "ュョヮ"));
}

static bool
may_end_line(uint32_t code)
{
    return !is_one_of(code, SLICE("([{<'\"（「『【〔〈《［｛"));
}

/* Japanese may be broken nearly everywhere, English at blanks only. */
static bool
may_break(const struct printable_glyph *a, const struct printable_glyph *b)
{
    return (a->cells == 2 || b->cells == 2) && may_end_line(a->code)
        && may_begin_line(b->code);
}

static bool
is_item(struct slice line)
{
    return slice_starts(line, SLICE("- ")) || slice_starts(line, SLICE("* "));
}

/* Takes blanks off the front; `last` is what stood before them. */
static enum gap
take_gap(struct slice *text, const struct printable_glyph *last)
{
    size_t newlines = 0;
    size_t len = 0;
    while (len < text->len && is_blank((unsigned char)text->data[len])) {
        newlines += text->data[len++] == '\n';
    }
    *text = slice_after(*text, len);
    if (newlines > 1) {
        return GAP_PARAGRAPH;
    }
    if (newlines == 0) {
        return len > 0 ? GAP_BLANK : GAP_NONE;
    }
    struct slice rest = *text;
    struct printable_glyph next;
    if (is_item(rest)) {
        return GAP_LINE;
    }
    /* A line of Japanese goes on without a blank. */
    bool is_joined = printable_next(&rest, &next) && last->cells == 2
                  && (next.cells == 2 || !may_begin_line(last->code));
    return is_joined ? GAP_NONE : GAP_BLANK;
}

/* All of a word's printable ASCII but its last character: none can be broken. */
static size_t
word_run(struct slice text)
{
    size_t len = slice_find_byte(text, ' ');
    len = printable_run(slice_before(text, len < text.len ? len : text.len));
    return len > 0 ? len - 1 : 0;
}

/* Takes what must stay on one line; *last gets its last character. */
static struct slice
take_atom(struct slice *text, struct printable_glyph *last, size_t *cells)
{
    size_t run = word_run(*text);
    size_t len = run;
    struct slice rest = slice_after(*text, run);
    struct printable_glyph glyph;
    *cells = run;
    while (printable_next(&rest, &glyph) && !is_blank(glyph.code)
           && (len == run || !may_break(last, &glyph))) {
        len += glyph.bytes.len;
        *cells += glyph.cells;
        *last = glyph;
    }
    struct slice atom = slice_before(*text, len);
    *text = slice_after(*text, len);
    return atom;
}

static void
new_line(struct paper *paper, size_t indent, enum gap gap)
{
    buf_add_text(paper->out, gap == GAP_PARAGRAPH ? "\n\n" : "\n");
    paper_blanks(paper, indent);
}

/*
 * How many bytes of what stands behind a word are blanks and whole words that
 * go on the same line as they are: one blank each, no word to be broken.
 */
static size_t
line_rest(struct slice text, size_t room)
{
    size_t len = printable_words(text);
    bool is_end = len == text.len || is_blank((unsigned char)text.data[len]);
    if (len > room) {
        len = room;
        is_end = text.data[len] == ' ';
    }
    while (len > 0 && (!is_end || text.data[len - 1] == ' ')) {
        is_end = text.data[--len] == ' ';
    }
    return len;
}

/* Adds it; returns how many cells it takes. */
static size_t
add_rest(struct paper *paper, struct slice *text, size_t column,
         struct printable_glyph *last)
{
    size_t room = paper->prose > column ? paper->prose - column : 0;
    size_t len = line_rest(*text, room);
    if (len > 0) {
        buf_add(paper->out, slice_before(*text, len));
        struct slice end = slice_of(text->data + len - 1, 1);
        printable_next(&end, last);
        *text = slice_after(*text, len);
    }
    return len;
}

void
paper_wrap(struct paper *paper, struct slice text, size_t column, size_t indent)
{
    struct printable_glyph last = {0};
    bool is_fresh = true; /* nothing stands on this line yet */
    text = slice_trim(text);
    while (text.len > 0) {
        enum gap gap = take_gap(&text, &last);
        size_t cells;
        struct slice atom = take_atom(&text, &last, &cells);
        size_t blank = gap == GAP_BLANK && !is_fresh ? 1 : 0;
        if (gap > GAP_BLANK
            || (!is_fresh && column + blank + cells > paper->prose)) {
            new_line(paper, indent, gap);
            column = indent;
            blank = 0;
        }
        paper_blanks(paper, blank);
        printable_add(paper->out, atom);
        column += blank + cells;
        is_fresh = false;
        column += add_rest(paper, &text, column, &last);
    }
    buf_add_byte(paper->out, '\n');
}

void
paper_wrap_own(struct paper *paper, struct slice text, size_t indent)
{
    struct kept *kept = paper->style->kept;
    uint32_t form = KEPT_WRAPPED | (uint32_t)indent << KEPT_FORM_BITS;
    struct slice made;
    if (kept_find(kept, text, form, &made)) {
        buf_add(paper->out, made);
        return;
    }
    size_t before = paper->out->len;
    paper_wrap(paper, text, indent, indent);
    kept_add(kept, text, form, slice_after(buf_slice(paper->out), before));
}

/* Lines of ASCII with one blank between words; false if it is anything else. */
static bool
flatten_plain(struct buf *out, struct slice text)
{
    while (text.len > 0) {
        size_t end = slice_find_byte(text, '\n');
        struct slice line = slice_before(text, end);
        if (line.len == 0 || is_item(line) || line.data[0] == ' '
            || line.data[line.len - 1] == ' '
            || printable_words(line) < line.len) {
            return false;
        }
        buf_add(out, line);
        text = slice_after(text, line.len + 1);
        if (text.len > 0) {
            buf_add_byte(out, ' ');
        }
    }
    return true;
}

void
paper_flatten(struct buf *out, struct slice text)
{
    static const struct report_style endless;
    size_t before = out->len;
    buf_reserve(out, text.len);
    if (flatten_plain(out, slice_trim(text))) {
        return;
    }
    out->len = before;
    struct buf flat = {0};
    struct paper paper = paper_of(&flat, &endless);
    paper.prose = SIZE_MAX;
    paper_wrap(&paper, text, 0, 0);
    buf_add(out, slice_trim(buf_slice(&flat)));
    buf_free(&flat);
}

/* Takes blanks and the word behind them; *blanks tells how many there were. */
static struct slice
take_word(struct slice *text, size_t *blanks)
{
    size_t len = 0;
    while (len < text->len && text->data[len] == ' ') {
        len++;
    }
    *blanks = len;
    *text = slice_after(*text, len);
    size_t end = slice_find_byte(*text, ' ');
    struct slice word = slice_before(*text, end);
    *text = slice_after(*text, end);
    return word;
}

/* Adds a word that may be longer than a line; returns the column behind it. */
static size_t
add_broken(struct paper *paper, struct slice word, size_t column, size_t indent)
{
    struct printable_glyph glyph;
    while (word.len > 0) {
        size_t room = paper->columns > column ? paper->columns - column : 0;
        size_t run = printable_run(slice_before(word, room));
        buf_add(paper->out, slice_before(word, run));
        word = slice_after(word, run);
        column += run;
        if (!printable_next(&word, &glyph)) {
            break;
        }
        if (column + glyph.cells > paper->columns) {
            new_line(paper, indent, GAP_LINE);
            column = indent;
        }
        printable_add_glyph(paper->out, &glyph);
        column += glyph.cells;
    }
    return column;
}

/*
 * How many bytes go on the line as they are: whole words of printable ASCII
 * with the blanks before them.
 */
static size_t
quote_rest(struct slice text, size_t room)
{
    size_t len = printable_run(slice_before(text, room));
    if (len == text.len) {
        return len;
    }
    bool is_end = text.data[len] == ' ';
    while (len > 0 && (!is_end || text.data[len - 1] == ' ')) {
        is_end = text.data[--len] == ' ';
    }
    return len;
}

void
paper_quote(struct paper *paper, struct slice text, size_t indent)
{
    struct buf cut = {0};
    printable_add_cut(&cut, slice_trim(text), QUOTE_CELLS);
    struct slice rest = buf_slice(&cut);
    size_t column = indent;
    while (rest.len > 0) {
        size_t room = paper->columns > column ? paper->columns - column : 0;
        size_t len = quote_rest(rest, room);
        buf_add(paper->out, slice_before(rest, len));
        column += len;
        rest = slice_after(rest, len);
        if (rest.len == 0) {
            break;
        }
        size_t blanks;
        struct slice word = take_word(&rest, &blanks);
        size_t width = printable_width(word);
        if (column > indent && column + blanks + width > paper->columns) {
            new_line(paper, indent, GAP_LINE);
            column = indent;
            blanks = 0;
        }
        paper_blanks(paper, blanks);
        column = add_broken(paper, word, column + blanks, indent);
    }
    buf_add_byte(paper->out, '\n');
    buf_free(&cut);
}

void
paper_command(struct paper *paper, enum ink ink, struct slice text)
{
    struct slice rest = text;
    while (rest.len > 0) {
        struct slice line = rest;
        if (!slice_cut(&rest, '\n', &line)) {
            rest = SLICE("");
        }
        if (line.len > 0) {
            paper_blanks(paper, PAPER_COMMAND);
            paper_ink(paper, ink);
            printable_add(paper->out, line);
            paper_ink(paper, INK_PLAIN);
        }
        buf_add_byte(paper->out, '\n');
    }
}
