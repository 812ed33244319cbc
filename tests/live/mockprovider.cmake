# The provider behind real HTTP; loopback and free ports only.
set(server_world
    ${PROJECT_SOURCE_DIR}/tests/support/far_side.c
    ${PROJECT_SOURCE_DIR}/tests/support/http_client.c
    ${PROJECT_SOURCE_DIR}/tests/support/server_world.c)
foreach(test IN ITEMS endings server server_answers server_identity server_leaving)
    sq_test(${test} FOLDER live NEEDS sq_mockprovider SOURCES ${server_world})
    target_compile_definitions(test_${test} PRIVATE _GNU_SOURCE)
endforeach()
sq_script_test(endings-soak FOLDER live LABELS full
    COMMAND ${CMAKE_COMMAND} -E env ENDINGS_SOAK=1 $<TARGET_FILE:test_endings>)
sq_test(journal FOLDER live NEEDS sq_mockprovider)
