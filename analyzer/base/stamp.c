/* SPDX-License-Identifier: Apache-2.0 */
#include "base/stamp.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* A calendar date and a time of day, before it is a number. */
struct civil {
    int year, month, day, hour, minute, second;
    int64_t us; /* of the second */
};

static const char *const month_names[12] = {"Jan", "Feb", "Mar", "Apr",
                                            "May", "Jun", "Jul", "Aug",
                                            "Sep", "Oct", "Nov", "Dec"};

int64_t
stamp_days(int year, int month, int day)
{
    /* Years that begin in March put the leap day at the end. */
    int64_t y = month <= 2 ? (int64_t)year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t of_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t days = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    return era * 146097 + days - 719468;
}

static void
civil_of_days(int64_t days, struct civil *civil)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t of_era = days - era * 146097;
    int64_t years =
        (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * years + years / 4 - years / 100);
    int64_t month = (5 * of_year + 2) / 153;
    civil->day = (int)(of_year - (153 * month + 2) / 5 + 1);
    civil->month = (int)(month < 10 ? month + 3 : month - 9);
    civil->year = (int)(years + era * 400 + (civil->month <= 2));
}

static bool
is_digit(char byte)
{
    return (unsigned char)(byte - '0') <= 9;
}

static bool
digits(struct slice *text, size_t count, int *value)
{
    int sum = 0;
    if (text->len < count) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!is_digit(text->data[i])) {
            return false;
        }
        sum = sum * 10 + (text->data[i] - '0');
    }
    text->data += count;
    text->len -= count;
    *value = sum;
    return true;
}

static bool
skip_byte(struct slice *text, char byte)
{
    if (text->len == 0 || text->data[0] != byte) {
        return false;
    }
    text->data++;
    text->len--;
    return true;
}

static bool
is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static bool
civil_is_valid(const struct civil *civil)
{
    static const int lengths[12] = {31, 28, 31, 30, 31, 30,
                                    31, 31, 30, 31, 30, 31};
    if (civil->month < 1 || civil->month > 12 || civil->day < 1) {
        return false;
    }
    int length = lengths[civil->month - 1];
    if (civil->month == 2 && is_leap(civil->year)) {
        length++;
    }
    return civil->day <= length && civil->hour <= 23 && civil->minute <= 59
        && civil->second <= 60;
}

static int64_t
civil_us(const struct civil *civil)
{
    int64_t days = stamp_days(civil->year, civil->month, civil->day);
    int64_t seconds = days * 86400 + (int64_t)civil->hour * 3600
                    + (int64_t)civil->minute * 60 + civil->second;
    return seconds * STAMP_SECOND + civil->us;
}

/* Two digits; those of a line of a log are read far more often than others. */
static inline bool
pair_at(const char *at, int *value)
{
    if (!is_digit(at[0]) || !is_digit(at[1])) {
        return false;
    }
    *value = (at[0] - '0') * 10 + (at[1] - '0');
    return true;
}

/* Of eight digits, the first one in the lowest byte. */
static bool
read_eight(uint64_t word, int64_t *value)
{
    const uint64_t sixes = 0x0606060606060606u;
    uint64_t digit = word ^ 0x3030303030303030u;
    if (((digit | (digit + sixes)) & 0xf0f0f0f0f0f0f0f0u) != 0) {
        return false;
    }
    digit = (digit * 10 + (digit >> 8)) & 0x00ff00ff00ff00ffu;
    digit = (digit * 100 + (digit >> 16)) & 0x0000ffff0000ffffu;
    *value = (int64_t)((digit * 10000 + (digit >> 32)) & UINT32_MAX);
    return true;
}

/* The byte that stands first is the lowest one, whatever the processor. */
static uint64_t
word_at(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    return (uint64_t)at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16
         | (uint64_t)at[3] << 24 | (uint64_t)at[4] << 32 | (uint64_t)at[5] << 40
         | (uint64_t)at[6] << 48 | (uint64_t)at[7] << 56;
}

/* The digits behind the point, of which the first six count. */
static size_t
read_fraction(struct slice text, int64_t *us)
{
    static const int64_t units[] = {1000000, 100000, 10000, 1000, 100, 10, 1};
    size_t len = 0;
    int64_t sum = 0;
    /* Mostly there are six: with "00" before, they are eight. */
    if (text.len >= sizeof(uint64_t)
        && read_eight(word_at(text.data) << 16 | 0x3030, &sum)) {
        len = COUNT(units) - 1;
    }
    while (len < text.len && len < COUNT(units) - 1
           && is_digit(text.data[len])) {
        sum = sum * 10 + (text.data[len++] - '0');
    }
    *us = sum * units[len];
    while (len < text.len && is_digit(text.data[len])) {
        len++;
    }
    return len;
}

/* ".120279", if there is one, of any number of digits. */
static inline int64_t
read_point(struct slice *text)
{
    int64_t us = 0;
    if (text->len < 2 || text->data[0] != '.' || !is_digit(text->data[1])) {
        return 0;
    }
    size_t len = read_fraction(slice_after(*text, 1), &us);
    *text = slice_after(*text, len + 1);
    return us;
}

/* "11:57:43" and what stands behind its point. */
static bool
read_clock(struct slice *text, struct civil *civil)
{
    enum {
        LENGTH = 8
    };

    const char *at = text->data;
    if (text->len < LENGTH || at[2] != ':' || at[5] != ':'
        || !pair_at(at, &civil->hour) || !pair_at(at + 3, &civil->minute)
        || !pair_at(at + 6, &civil->second)) {
        return false;
    }
    *text = slice_after(*text, LENGTH);
    civil->us = read_point(text);
    return true;
}

/* "Z", "+09:00", "-0700"; nothing is UTC, but then *is_zoned is false. */
static int64_t
read_zone(struct slice *text, bool *is_zoned)
{
    struct slice rest = *text;
    int hours = 0;
    int minutes = 0;
    *is_zoned = true;
    if (skip_byte(&rest, 'Z') || skip_byte(&rest, 'z')) {
        *text = rest;
        return 0;
    }
    bool is_east = skip_byte(&rest, '+');
    if ((is_east || skip_byte(&rest, '-')) && digits(&rest, 2, &hours)) {
        struct slice behind = rest;
        skip_byte(&behind, ':');
        if (digits(&behind, 2, &minutes)) {
            rest = behind;
        }
        *text = rest;
        int64_t offset = (hours * INT64_C(60) + minutes) * STAMP_MINUTE;
        return is_east ? -offset : offset;
    }
    *is_zoned = false;
    return 0;
}

bool
stamp_read_rfc3339(struct slice *text, struct stamp *stamp)
{
    struct slice rest = *text;
    struct civil civil = {0};
    bool is_zoned;
    if (!digits(&rest, 4, &civil.year) || !skip_byte(&rest, '-')
        || !digits(&rest, 2, &civil.month) || !skip_byte(&rest, '-')
        || !digits(&rest, 2, &civil.day)
        || !(skip_byte(&rest, 'T') || skip_byte(&rest, ' ')
             || skip_byte(&rest, 't'))
        || !read_clock(&rest, &civil) || !civil_is_valid(&civil)) {
        return false;
    }
    stamp->us = civil_us(&civil);
    stamp->us += read_zone(&rest, &is_zoned);
    stamp->trust = is_zoned ? STAMP_EXACT : STAMP_INFERRED;
    *text = rest;
    return true;
}

/* The year that puts the date nearest to now, at most a day after it. */
static bool
infer_year(struct civil *civil, int64_t now, struct stamp *stamp)
{
    struct civil today = {0};
    int64_t days = now / STAMP_DAY;
    civil_of_days(days, &today);
    for (int year = today.year + 1; year >= today.year - 8; year--) {
        civil->year = year;
        if (!civil_is_valid(civil)) {
            continue; /* the 29th of February */
        }
        int64_t us = civil_us(civil);
        if (us <= now + STAMP_DAY) {
            stamp->us = us;
            stamp->trust = STAMP_INFERRED;
            return true;
        }
    }
    return false;
}

bool
stamp_read_klog(struct slice *text, int64_t now, struct stamp *stamp)
{
    struct slice rest = *text;
    struct civil civil = {0};
    if (!digits(&rest, 2, &civil.month) || !digits(&rest, 2, &civil.day)
        || !skip_byte(&rest, ' ') || !read_clock(&rest, &civil)
        || !infer_year(&civil, now, stamp)) {
        return false;
    }
    *text = rest;
    return true;
}

bool
stamp_read_rfc3164(struct slice *text, int64_t now, struct stamp *stamp)
{
    struct slice rest = *text;
    struct civil civil = {0};
    for (int i = 0; i < 12 && civil.month == 0; i++) {
        if (slice_skip(&rest, slice_from(month_names[i]))) {
            civil.month = i + 1;
        }
    }
    if (civil.month == 0 || !skip_byte(&rest, ' ')) {
        return false;
    }
    /* The day is padded with a blank: "May  6". */
    bool is_padded = skip_byte(&rest, ' ');
    if (!digits(&rest, is_padded ? 1 : 2, &civil.day) || !skip_byte(&rest, ' ')
        || !read_clock(&rest, &civil) || !infer_year(&civil, now, stamp)) {
        return false;
    }
    *text = rest;
    return true;
}

/* How long the text of a minute is, without the colon behind it. */
static const size_t minute_lengths[STAMP_FORMS] = {
    [STAMP_RFC3339] = sizeof("2026-11-23T16:28") - 1,
    [STAMP_KLOG] = sizeof("1123 16:28") - 1,
    [STAMP_RFC3164] = sizeof("Nov 23 16:28") - 1,
};

/* ":59.927911" */
static inline bool
read_seconds(struct slice *text, int64_t *us)
{
    enum {
        LENGTH = 3
    };

    int second;
    const char *at = text->data;
    if (text->len < LENGTH || at[0] != ':' || !pair_at(at + 1, &second)
        || second > 60) {
        return false;
    }
    *text = slice_after(*text, LENGTH);
    *us = second * STAMP_SECOND;
    *us += read_point(text);
    return true;
}

/* What stands behind the minute, which began at *us. */
static inline bool
read_within(enum stamp_form form, struct slice *text, int64_t *us,
            enum stamp_trust *trust)
{
    int64_t seconds;
    bool is_zoned = false;
    if (!read_seconds(text, &seconds)) {
        return false;
    }
    *us += seconds;
    if (form == STAMP_RFC3339) {
        *us += read_zone(text, &is_zoned);
    }
    *trust = is_zoned ? STAMP_EXACT : STAMP_INFERRED;
    return true;
}

/* Two words tell, which overlap unless the text is as long as both. */
static bool
is_text(const char *a, const char *b, size_t len)
{
    uint64_t x[2];
    uint64_t y[2];
    memcpy(&x[0], a, sizeof(x[0]));
    memcpy(&y[0], b, sizeof(y[0]));
    memcpy(&x[1], a + len - sizeof(x[1]), sizeof(x[1]));
    memcpy(&y[1], b + len - sizeof(y[1]), sizeof(y[1]));
    return x[0] == y[0] && x[1] == y[1];
}

/* Whether infer_year() would find the same year, whatever `now` was then. */
static bool
is_of_the_year(int64_t us, int64_t now)
{
    return us <= now + STAMP_DAY && us > now - 364 * STAMP_DAY;
}

static bool
read_known(const struct stamp_minutes *minutes, enum stamp_form form,
           struct slice *text, int64_t now, struct stamp *stamp)
{
    size_t len = minute_lengths[form];
    int64_t us = minutes->of[form].us;
    enum stamp_trust trust;
    if (text->len < len || !minutes->of[form].is_known
        || !is_text(text->data, minutes->of[form].text, len)) {
        return false;
    }
    struct slice rest = slice_after(*text, len);
    if (!read_within(form, &rest, &us, &trust)
        || (form != STAMP_RFC3339 && !is_of_the_year(us, now))) {
        return false;
    }
    *stamp = (struct stamp){us, trust};
    *text = rest;
    return true;
}

static bool
read_form(enum stamp_form form, struct slice *text, int64_t now,
          struct stamp *stamp)
{
    return form == STAMP_KLOG    ? stamp_read_klog(text, now, stamp)
         : form == STAMP_RFC3164 ? stamp_read_rfc3164(text, now, stamp)
                                 : stamp_read_rfc3339(text, stamp);
}

bool
stamp_again(struct stamp_minutes *minutes, enum stamp_form form,
            struct slice *text, int64_t now, struct stamp *stamp)
{
    struct slice whole = *text;
    size_t len = minute_lengths[form];
    if (read_known(minutes, form, text, now, stamp)) {
        return true;
    }
    if (!read_form(form, text, now, stamp)) {
        return false;
    }
    struct slice rest = slice_after(whole, len);
    int64_t behind = 0;
    enum stamp_trust ignored;
    assert(len <= sizeof(minutes->of[form].text));
    minutes->of[form].is_known = read_within(form, &rest, &behind, &ignored);
    minutes->of[form].us = stamp->us - behind;
    memcpy(minutes->of[form].text, whole.data, len);
    return true;
}

/*
 * A stamp without a zone is right, or not, by the envelope's: klog writes the
 * node's own time, which need not be UTC.
 */
struct stamp
stamp_within(struct stamp inner, struct stamp outer)
{
    if (inner.trust == STAMP_MISSING) {
        return outer;
    }
    if (inner.trust != STAMP_INFERRED || outer.trust != STAMP_EXACT) {
        return inner;
    }
    int64_t apart = inner.us - outer.us;
    if (apart > STAMP_MINUTE || apart < -STAMP_MINUTE) {
        return outer;
    }
    inner.trust = STAMP_EXACT;
    return inner;
}

static bool
read_number(struct slice *text, int64_t *whole, int64_t *millionths)
{
    int64_t unit = 100000;
    size_t len = 0;
    *whole = 0;
    *millionths = 0;
    while (len < text->len && text->data[len] >= '0'
           && text->data[len] <= '9') {
        if (len > 9) {
            return false;
        }
        *whole = *whole * 10 + (text->data[len++] - '0');
    }
    if (len == 0) {
        return false;
    }
    if (len + 1 < text->len && text->data[len] == '.') {
        for (len++; len < text->len && text->data[len] >= '0'
                    && text->data[len] <= '9';
             len++) {
            *millionths += (text->data[len] - '0') * unit;
            unit /= 10;
        }
    }
    *text = slice_after(*text, len);
    return true;
}

/* Takes the unit of a span off *text; 0 if none stands there. */
static int64_t
read_unit(struct slice *text)
{
    static const struct {
        const char *unit;
        int64_t us;
    } units[] = {
        {"ms", 1000},         {"us", 1},
        {"\xc2\xb5s", 1},     {"y", 365 * STAMP_DAY},
        {"w", 7 * STAMP_DAY}, {"d", STAMP_DAY},
        {"h", STAMP_HOUR},    {"m", STAMP_MINUTE},
        {"s", STAMP_SECOND},
    };

    for (size_t i = 0; i < COUNT(units); i++) {
        if (slice_skip(text, slice_from(units[i].unit))) {
            return units[i].us;
        }
    }
    return 0;
}

/* Divides first where that is exact, since 999999 years do not fit. */
static int64_t
part_of(int64_t unit, int64_t millionths)
{
    return unit >= STAMP_SECOND ? unit / 1000000 * millionths
                                : unit * millionths / 1000000;
}

bool
stamp_span(struct slice text, int64_t *us)
{
    int64_t sum = 0;
    if (text.len == 0) {
        return false;
    }
    while (text.len > 0) {
        int64_t whole;
        int64_t millionths;
        if (!read_number(&text, &whole, &millionths)) {
            return false;
        }
        int64_t unit = read_unit(&text);
        if (unit == 0 || sum > INT64_MAX / 2 || whole > INT64_MAX / 4 / unit) {
            return false;
        }
        sum += whole * unit + part_of(unit, millionths);
    }
    *us = sum;
    return true;
}

static struct civil
civil_of(int64_t us)
{
    int64_t days = us / STAMP_DAY - (us % STAMP_DAY < 0);
    int64_t rest = us - days * STAMP_DAY;
    struct civil civil = {0};
    civil_of_days(days, &civil);
    civil.hour = (int)(rest / STAMP_HOUR);
    civil.minute = (int)(rest % STAMP_HOUR / STAMP_MINUTE);
    civil.second = (int)(rest % STAMP_MINUTE / STAMP_SECOND);
    civil.us = rest % STAMP_SECOND;
    return civil;
}

/* Two digits and what stands behind them. */
static char *
put_pair(char *at, int number, char behind)
{
    at[0] = (char)('0' + number / 10);
    at[1] = (char)('0' + number % 10);
    at[2] = behind;
    return at + 3;
}

/* Up to the seconds and `behind`; returns where it ends. */
static char *
put_civil(char out[STAMP_TEXT], const struct civil *c, char behind)
{
    if (c->year < 0 || c->year > 9999) {
        return out
             + snprintf(out, STAMP_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d%c",
                        c->year, c->month, c->day, c->hour, c->minute,
                        c->second, behind);
    }
    char *at = put_pair(out, c->year / 100, '\0') - 1;
    at = put_pair(at, c->year % 100, '-');
    at = put_pair(at, c->month, '-');
    at = put_pair(at, c->day, 'T');
    at = put_pair(at, c->hour, ':');
    at = put_pair(at, c->minute, ':');
    return put_pair(at, c->second, behind);
}

const char *
stamp_format(int64_t us, char out[STAMP_TEXT])
{
    struct civil c = civil_of(us);
    *put_civil(out, &c, 'Z') = '\0';
    return out;
}

const char *
stamp_format_full(int64_t us, char out[STAMP_TEXT])
{
    struct civil c = civil_of(us);
    char *at = put_civil(out, &c, '.');
    snprintf(at, (size_t)(out + STAMP_TEXT - at), "%06dZ", (int)c.us);
    return out;
}
