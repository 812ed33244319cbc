# The example of an embedded engine against the real server, as built here and as installed.
sq_test(embed FOLDER live NEEDS sq_mockprovider SOURCES
    ${PROJECT_SOURCE_DIR}/tests/support/far_side.c
    ${PROJECT_SOURCE_DIR}/tests/support/http_client.c
    ${PROJECT_SOURCE_DIR}/tests/support/server_world.c)
target_compile_definitions(test_embed PRIVATE _GNU_SOURCE)
add_dependencies(test_embed embed)
sq_script_test(install FOLDER live ONCE
    COMMAND bash ${PROJECT_SOURCE_DIR}/tests/install.sh $<TARGET_FILE:test_embed>)
