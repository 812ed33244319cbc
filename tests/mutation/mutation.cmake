# Whether the tests notice small mistakes; builds a copy of the sources once, without a sanitizer.
if(NOT SQ_SANITIZE)
    sq_script_test(mutants FOLDER mutation COMMAND bash ${CMAKE_CURRENT_LIST_DIR}/mutation.sh LABELS full ONCE)
    set_tests_properties(mutation/mutants PROPERTIES TIMEOUT 3600 PROCESSORS 2)
endif()
