# SPDX-License-Identifier: Apache-2.0
# Prints a C table of the files given: awk -f embed.awk -v table=NAME FILE...
# Run under LC_ALL=C, so that a character is a byte.
function quoted(line) {
    gsub(/\\/, "&&", line)
    gsub(/"/, "\\\"", line)
    gsub(/\?/, "\\?", line)
    gsub(/\t/, "\\t", line)
    gsub(/\r/, "\\r", line)
    return line
}
BEGIN {
    print "/* Made by sql/embed.awk; do not edit. */"
    print "#include \"base/embedded.h\""
    print "#pragma GCC diagnostic ignored \"-Woverlength-strings\""
    printf "const struct embedded %s[] = {\n", table
    for (i = 1; i < ARGC; i++) {
        name = ARGV[i]
        len = 0
        printf "    {\"%s\",\n", name
        while ((status = (getline line < name)) > 0) {
            len += length(line) + 1
            printf "     \"%s\\n\"\n", quoted(line)
        }
        if (status < 0) {
            printf "embed.awk: cannot read %s\n", name > "/dev/stderr"
            exit 1
        }
        close(name)
        printf "     \"\", %d},\n", len
    }
    print "    {0, 0, 0},"
    print "};"
    exit 0
}
