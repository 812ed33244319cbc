# squall serve: a program beside us, a raw client of a served scenario, and the command as a whole.
sq_test(process FOLDER live NEEDS sq_host)
target_compile_definitions(test_process PRIVATE _GNU_SOURCE)
foreach(test IN ITEMS serve serve_door)
    sq_test(${test} FOLDER live NEEDS sq_small_scenario sq_sim
        SOURCES ${PROJECT_SOURCE_DIR}/tests/support/http_client.c)
    target_compile_definitions(test_${test} PRIVATE _GNU_SOURCE)
endforeach()
sq_script_test(serve-command FOLDER live COMMAND bash ${PROJECT_SOURCE_DIR}/tests/live/serve_command.sh)
