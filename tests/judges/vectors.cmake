# Outside vectors for JSON and JSON Schema.
sq_script_test(vectors FOLDER judges ONCE LABELS full
    COMMAND bash ${PROJECT_SOURCE_DIR}/tests/judges/vectors/judge.sh ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})
