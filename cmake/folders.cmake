# sq_folder(base SOURCES a.c b.c NEEDS sq_x PkgConfig::Y): one folder of the house as a static library sq_base.
# Headers are included as "folder/file.h".
function(sq_folder name)
    cmake_parse_arguments(ARG "" "" "SOURCES;NEEDS" ${ARGN})
    add_library(sq_${name} STATIC ${ARG_SOURCES})
    target_include_directories(sq_${name} PUBLIC ${PROJECT_SOURCE_DIR})
    target_link_libraries(sq_${name} PUBLIC ${ARG_NEEDS})
endfunction()

# What every test is given. Exit code 77 means "cannot be run here": a counted skip (an error with
# make test FULL=1). Check's own limit of 4 s a test is too short for a sanitizer on a busy machine.
function(sq_test_properties name labels)
    set(environment
        "SQUALL_SOURCE_DIR=${PROJECT_SOURCE_DIR}"
        "SQUALL_BUILD_DIR=${PROJECT_BINARY_DIR}"
        "CK_DEFAULT_TIMEOUT=60"
        "UBSAN_OPTIONS=print_stacktrace=1")
    if(TARGET squall)
        list(APPEND environment "SQUALL=$<TARGET_FILE:squall>")
    endif()
    set_tests_properties(${name} PROPERTIES
        LABELS "${labels}" TIMEOUT 300 SKIP_RETURN_CODE 77 ENVIRONMENT "${environment}")
endfunction()

# sq_test(queue FOLDER unit NEEDS sq_base): tests/<FOLDER>/test_queue.c as one Check program and one
# ctest entry unit/queue. SOURCES: more files; LABELS: besides the folder's name (full: only FULL=1).
function(sq_test name)
    cmake_parse_arguments(ARG "" "FOLDER" "NEEDS;SOURCES;LABELS" ${ARGN})
    add_executable(test_${name} ${PROJECT_SOURCE_DIR}/tests/${ARG_FOLDER}/test_${name}.c ${ARG_SOURCES})
    target_include_directories(test_${name} PRIVATE ${PROJECT_SOURCE_DIR})
    target_link_libraries(test_${name} PRIVATE ${ARG_NEEDS} PkgConfig::CHECK)
    target_link_options(test_${name} PRIVATE -fno-lto) # a hundred programs: linking has to be quick
    add_test(NAME ${ARG_FOLDER}/${name} COMMAND test_${name})
    sq_test_properties(${ARG_FOLDER}/${name} "${ARG_FOLDER};${ARG_LABELS}")
endfunction()

# sq_script_test(promtool FOLDER judges COMMAND bash x.sh LABELS full ONCE): any command as one ctest
# entry. ONCE: not in the sanitized build, because it would say the same there (gates, judges).
function(sq_script_test name)
    cmake_parse_arguments(ARG "ONCE" "FOLDER" "COMMAND;LABELS" ${ARGN})
    if(ARG_ONCE AND SQ_SANITIZE)
        return()
    endif()
    add_test(NAME ${ARG_FOLDER}/${name} COMMAND ${ARG_COMMAND} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    sq_test_properties(${ARG_FOLDER}/${name} "${ARG_FOLDER};${ARG_LABELS}")
endfunction()
