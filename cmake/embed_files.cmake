# Run by sq_embed: LIST (lines "name|path") -> OUT, a C file that defines the table NAME.
# Bytes, not string literals: C11 promises only 4095 characters in a literal.
file(STRINGS ${LIST} rows)
set(arrays "")
set(table "")
set(n 0)
foreach(row IN LISTS rows)
    string(REGEX MATCH "^([^|]*)[|](.*)$" matched "${row}")
    set(name "${CMAKE_MATCH_1}")
    set(path "${CMAKE_MATCH_2}")
    file(READ ${path} hex HEX)
    string(LENGTH "${hex}" length)
    math(EXPR length "${length} / 2")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
    set(five "0x..,0x..,0x..,0x..,0x..,")
    string(REGEX REPLACE "(${five}${five}${five})" "\\1\n    " bytes "${bytes}")
    string(APPEND arrays "static const unsigned char text_${n}[] = {\n    ${bytes}0x00};\n\n")
    string(APPEND table "    {\"${name}\", (const char *)text_${n}, ${length}},\n")
    math(EXPR n "${n} + 1")
endforeach()
if(n EQUAL 0)
    message(FATAL_ERROR "sq_embed: ${NAME} has no files")
endif()
file(WRITE ${OUT} "/* Generated from ${n} text files; do not edit. */
#include \"base/embedded.h\"

extern const struct sq_embedded_folder ${NAME};

${arrays}static const struct sq_embedded_file files[] = {
${table}};

const struct sq_embedded_folder ${NAME} = {files, ${n}};
")
