if(TARGET squall)
    sq_script_test(determinism FOLDER sim COMMAND bash ${PROJECT_SOURCE_DIR}/tests/sim/determinism.sh)
    sq_script_test(golden FOLDER sim COMMAND bash ${PROJECT_SOURCE_DIR}/tests/sim/golden.sh)
    sq_script_test(public_trace FOLDER sim COMMAND bash ${PROJECT_SOURCE_DIR}/tests/sim/public_trace.sh)
    sq_script_test(prompts FOLDER sim COMMAND bash ${PROJECT_SOURCE_DIR}/tests/sim/prompts.sh)
    sq_script_test(compilers FOLDER sim COMMAND bash ${PROJECT_SOURCE_DIR}/tests/sim/compilers.sh LABELS full ONCE)
    sq_script_test(interrupt FOLDER live COMMAND bash ${PROJECT_SOURCE_DIR}/tests/live/interrupt.sh)
    sq_script_test(two_clocks FOLDER live COMMAND bash ${PROJECT_SOURCE_DIR}/tests/live/two_clocks.sh)
    sq_script_test(fault_clocks FOLDER live
        COMMAND bash ${PROJECT_SOURCE_DIR}/tests/sim/fault_clocks.sh connection-faults broken-answers)
    sq_script_test(quota_clocks FOLDER live LABELS full
        COMMAND bash ${PROJECT_SOURCE_DIR}/tests/sim/fault_clocks.sh quota-refill)
    set_tests_properties(live/two_clocks live/fault_clocks live/quota_clocks PROPERTIES RUN_SERIAL ON)
endif()
