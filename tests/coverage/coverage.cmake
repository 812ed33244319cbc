# How much of the ground the tests take; it builds and runs them once more, so nothing else runs beside it.
if(TARGET squall)
    sq_script_test(coverage FOLDER coverage LABELS full ONCE
        COMMAND bash ${PROJECT_SOURCE_DIR}/tests/coverage/coverage.sh ${PROJECT_SOURCE_DIR})
    if(TEST coverage/coverage)
        set_tests_properties(coverage/coverage PROPERTIES RUN_SERIAL ON TIMEOUT 1200)
    endif()
endif()
