# The whole program over a heap and a disk that fail. Links the doubles in place of base/memory.c and
# host/file_raw.c; nothing of this is in the program that people run.
if(TARGET sq_cli)
    sq_test(torture FOLDER torture NEEDS sq_memory_torture sq_file_torture sq_cli
        SOURCES ${CMAKE_CURRENT_LIST_DIR}/stage.c ${CMAKE_CURRENT_LIST_DIR}/stories.c)
    target_compile_definitions(test_torture PRIVATE _GNU_SOURCE)
    set_tests_properties(torture/torture PROPERTIES TIMEOUT 7200)
endif()
if(TARGET squall)
    sq_script_test(limits FOLDER torture COMMAND bash ${CMAKE_CURRENT_LIST_DIR}/limits.sh)
    if(SQ_SANITIZE)
        set_property(TEST torture/limits APPEND PROPERTY ENVIRONMENT SQ_SANITIZED=1)
    endif()
endif()
