add_library(embed_fixture STATIC ${PROJECT_SOURCE_DIR}/base/embedded.c)
sq_embed(embed_fixture NAME embed_fixture_flat FILES
    ${PROJECT_SOURCE_DIR}/tests/unit/embedded/odd.json
    ${PROJECT_SOURCE_DIR}/tests/unit/embedded/first-1.5.json
    ${PROJECT_SOURCE_DIR}/tests/unit/embedded/empty.json)
sq_embed(embed_fixture NAME embed_fixture_nested BASE ${PROJECT_SOURCE_DIR}/tests/unit FILES
    ${PROJECT_SOURCE_DIR}/tests/unit/embedded/odd.json)
sq_test(embedded FOLDER unit NEEDS embed_fixture)
