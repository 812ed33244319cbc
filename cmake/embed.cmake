# sq_embed(sq_policies NAME sq_policies_presets FILES presets/a.json presets/b.json [BASE presets])
#
# Text files become one C file with a table, so that the program works from any folder. The symbol
# is declared by whoever uses it, after #include "base/embedded.h":
#
#     extern const struct sq_embedded_folder sq_policies_presets;
#
# A file's name in the table is its path below BASE (default: the file name alone) without the last
# extension: presets/openai-python-2.52.json is "openai-python-2.52". The table is sorted by name; a
# zero byte follows each text. It is made again when a file or the list changes.
set(SQ_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/embed_files.cmake)

function(sq_embed target)
    cmake_parse_arguments(ARG "" "NAME;BASE" "FILES" ${ARGN})
    set(paths "")
    set(rows "")
    foreach(file IN LISTS ARG_FILES)
        cmake_path(ABSOLUTE_PATH file BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE)
        if(ARG_BASE)
            set(base ${ARG_BASE})
            cmake_path(ABSOLUTE_PATH base BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE)
        else()
            cmake_path(GET file PARENT_PATH base)
        endif()
        cmake_path(RELATIVE_PATH file BASE_DIRECTORY ${base} OUTPUT_VARIABLE name)
        cmake_path(REMOVE_EXTENSION name LAST_ONLY)
        list(APPEND paths ${file})
        list(APPEND rows "${name}|${file}")
    endforeach()
    list(SORT rows)

    set(stem ${CMAKE_CURRENT_BINARY_DIR}/${ARG_NAME})
    list(JOIN rows "\n" text)
    file(CONFIGURE OUTPUT ${stem}.list CONTENT "@text@\n" @ONLY)
    add_custom_command(OUTPUT ${stem}.c
        COMMAND ${CMAKE_COMMAND} -DLIST=${stem}.list -DNAME=${ARG_NAME} -DOUT=${stem}.c -P ${SQ_EMBED_SCRIPT}
        DEPENDS ${paths} ${stem}.list ${SQ_EMBED_SCRIPT}
        COMMENT "Embedding ${ARG_NAME}"
        VERBATIM)
    target_sources(${target} PRIVATE ${stem}.c)
    target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR})
endfunction()
