#!/bin/sh
# How scripts read the zip that later RKE versions make of a snapshot: as its directory says, like the module itself. Not a script by itself: it is
# put into others where they include it.
# shellcheck disable=SC2034 # What zip_look leaves is for them.

# zip_look FILE: finds the one snapshot in it. Leaves where it is and what the directory says of it for zip_unpack, and in `zip_state` size and
# CRC-32 of the state of the cluster that lies beside it, or `-`. Fails, with the reason in `zip_fault`, when there is none, or several may be.
zip_look() {
    zip_file=$1
    zip_fault=
    zip_total=$(stat -c %s "$1") || return 1
    # Room for a directory of a few members, and for the longest comment behind it.
    zip_said=$(tail -c 131072 "$1" | od -An -v -t x1 | awk -v total="$zip_total" '
        function number(at, bytes,    value) {
            value = 0
            while (bytes-- > 0) value = value * 256 + decimal[byte[at + bytes]]
            return value
        }
        function text(at, bytes,    value, i) {
            value = ""
            for (i = 0; i < bytes; i++) value = value byte[at + i]
            return value
        }
        function octal(value,    all, i) {
            all = ""
            for (i = 0; i < 4; i++) {
                all = all sprintf("\\0%03o", value % 256)
                value = int(value / 256)
            }
            return all
        }
        function fault(reason) {
            print "fault " reason
            exit
        }
        # After the last slash.
        function last(name,    at, i) {
            at = 1
            for (i = 1; i < length(name); i += 2) if (substr(name, i, 2) == "2f") at = i + 2
            return substr(name, at)
        }
        BEGIN { for (i = 0; i < 256; i++) decimal[sprintf("%02x", i)] = i }
        { for (i = 1; i <= NF; i++) byte[count++] = $i }
        END {
            for (end = count - 22; end >= 0; end--) if (text(end, 4) == "504b0506") break
            if (end < 0) fault("it breaks off before its end")
            entries = number(end + 10, 2)
            at = number(end + 16, 4)
            start = total - count
            if (entries == 65535 || at == 4294967295 || number(end + 12, 4) == 4294967295) {
                far = text(end - 20, 4) == "504b0607" ? number(end - 12, 8) - start : -1
                if (far < 0 || text(far, 4) != "504b0606") fault("its directory is damaged")
                entries = number(far + 32, 8)
                at = number(far + 48, 8)
            }
            at -= start
            if (at < 0) fault("its directory is larger than that of a snapshot")
            for (entry = 0; entry < entries; entry++) {
                if (at + 46 > count || text(at, 4) != "504b0102") fault("its directory is damaged")
                named = number(at + 28, 2)
                extra = number(at + 30, 2)
                packed = number(at + 20, 4)
                size = number(at + 24, 4)
                offset = number(at + 42, 4)
                for (field = at + 46 + named; field + 4 <= at + 46 + named + extra; field += 4 + number(field + 2, 2)) {
                    if (text(field, 2) != "0100") continue
                    value = field + 4
                    if (size == 4294967295) { size = number(value, 8); value += 8 }
                    if (packed == 4294967295) { packed = number(value, 8); value += 8 }
                    if (offset == 4294967295) offset = number(value, 8)
                    break
                }
                name = text(at + 46, named)
                base = last(name)
                if (base ~ /2e[57]2[46]b[46]5[57]3[57]4[46]1[57]4[46]5$/) {
                    state = state (state == "" ? "" : ",") sprintf("%.0f:%s", size, byte[at + 19] byte[at + 18] byte[at + 17] byte[at + 16])
                } else if (base != "") {
                    while (substr(name, 1, 2) == "2f") name = substr(name, 3)
                    backup = substr(name, 1, 14) == "6261636b75702f"
                    if (backup > best) { best = 1; found = 0 }
                    if (backup == best + 0) {
                        found++
                        method = number(at + 10, 2)
                        if (number(at + 8, 2) % 2) method = -1
                        if (method == 0 && packed != size) method = -1
                        facts = sprintf("%.0f %.0f %.0f %s%s", offset, packed, size, octal(number(at + 16, 4)), octal(size % 4294967296))
                    }
                }
                at += 46 + named + extra + number(at + 32, 2)
            }
            if (found == 0) fault("the zip holds no snapshot")
            if (found > 1) fault("the zip holds " found " files that may be the snapshot; unpack the one you want")
            if (method != 0 && method != 8) fault("it is packed in a way that RKE does not use")
            print method, facts, state == "" ? "-" : state
        }')
    case $zip_said in
        fault\ *)
            zip_fault=${zip_said#fault }
            return 1
            ;;
    esac
    read -r zip_method zip_offset zip_packed zip_size zip_foot zip_state <<END
$zip_said
END
    # Name and extra field of the member come before its bytes, and their lengths need not be those of the directory.
    zip_header=$(zip_part "$zip_offset" 30 | od -An -v -t x1 | tr -d ' \n')
    case $zip_header in
        504b0304????????????????????????????????????????????????????) ;;
        *)
            zip_fault="its directory is not that of its members"
            return 1
            ;;
    esac
    zip_lengths=${zip_header#????????????????????????????????????????????????????}
    zip_name=${zip_lengths%??????}
    zip_lengths=${zip_lengths#??}
    zip_name=${zip_lengths%????}$zip_name
    zip_lengths=${zip_lengths#??}
    zip_extra=${zip_lengths#??}${zip_lengths%??}
    zip_offset=$((zip_offset + 30 + 0x$zip_name + 0x$zip_extra))
}

# zip_part OFFSET BYTES: some bytes of it.
zip_part() {
    tail -c +$(($1 + 1)) "$zip_file" 2>/dev/null | head -c "$2"
}

# Writes what zip_look has found. As a file of gzip, which holds it to the size and the CRC-32 that the directory says.
# shellcheck disable=SC2317 # It is run through await.
zip_unpack() {
    if [ "$zip_method" = 0 ]; then
        zip_part "$zip_offset" "$zip_packed"
        return
    fi
    {
        printf '\037\213\010\000\000\000\000\000\000\377'
        zip_part "$zip_offset" "$zip_packed"
        printf '%b' "$zip_foot"
    } | gzip -dc 2>/dev/null
}
