# The official OpenAI client from npm, through squall serve.
sq_script_test(openai FOLDER judges ONCE
    COMMAND bash ${PROJECT_SOURCE_DIR}/tests/judges/openai/judge.sh ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})
