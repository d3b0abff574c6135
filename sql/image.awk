# SPDX-License-Identifier: Apache-2.0
# Prints a C file of a database's bytes, and of where its random values stand:
#   od -An -v -tx1 FILE | tr -d ' \n' | awk -v id=HEX -v salts="HEX HEX" -f image.awk
# (the bytes that stand in for them, each of which must be found just once).
function place(bytes,   at, next_at) {
    for (at = index(image, bytes); at % 2 == 0; at += next_at) {
        next_at = at > 0 ? index(substr(image, at + 1), bytes) : 0
        if (next_at == 0) {
            break
        }
    }
    if (at % 2 == 0 || index(substr(image, at + 1), bytes) > 0) {
        print "image.awk: " bytes " is not there once" > "/dev/stderr"
        is_bad = 1
    }
    return (at - 1) / 2
}
{
    image = $0
}
END {
    print "/* Made by sql/image.awk; do not edit. */"
    print "#include \"base/embedded.h\""
    print "static const unsigned char bytes[] = {"
    for (i = 1; i <= length(image); i += 64) {
        line = substr(image, i, 64)
        gsub(/../, "0x&,", line)
        print line
    }
    print "};"
    split(salts, salt, " ")
    printf "const struct embedded_image embedded_history = {\n" \
        "    bytes, sizeof(bytes), %d, {%d, %d}};\n", \
        place(id), place(salt[1]), place(salt[2])
    exit is_bad
}
