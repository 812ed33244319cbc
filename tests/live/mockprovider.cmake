# The provider behind real HTTP; loopback and free ports only.
set(server_world
    ${PROJECT_SOURCE_DIR}/tests/support/far_side.c
    ${PROJECT_SOURCE_DIR}/tests/support/http_client.c
    ${PROJECT_SOURCE_DIR}/tests/support/server_world.c)
foreach(test IN ITEMS endings)
    sq_test(${test} FOLDER live NEEDS sq_mockprovider SOURCES ${server_world})
    target_compile_definitions(test_${test} PRIVATE _GNU_SOURCE)
endforeach()
