# SPDX-License-Identifier: Apache-2.0
# Prints a C table of what sha256sum says, in Base64 as browsers want it:
# sha256sum FILE... | awk -f hashes.awk -v table=NAME
function digit(hex) {
    return index("0123456789abcdef", hex) - 1
}
# Three digits of 4 bits are two of 6; the 64 of a hash lack two of 66.
function base64(hex, out, i, bits) {
    hex = hex "00"
    for (i = 1; i <= 64; i += 3) {
        bits = digit(substr(hex, i, 1)) * 256 \
             + digit(substr(hex, i + 1, 1)) * 16 + digit(substr(hex, i + 2, 1))
        out = out substr(digits, int(bits / 64) + 1, 1) \
                  substr(digits, bits % 64 + 1, 1)
    }
    return substr(out, 1, 43) "="
}
BEGIN {
    digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    printf "const struct embedded %s[] = {\n", table
}
length($1) != 64 || NF != 2 {
    printf "hashes.awk: no hash: %s\n", $0 > "/dev/stderr"
    failed = 1
    exit 1
}
{ printf "    {\"%s\", \"%s\", 44},\n", $2, base64($1) }
END {
    if (!failed && NR > 0) {
        print "    {0, 0, 0},"
        print "};"
    } else {
        exit 1
    }
}
