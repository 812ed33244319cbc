# Outside programs that read our reports.
sq_script_test(junit FOLDER judges ONCE
    COMMAND bash ${PROJECT_SOURCE_DIR}/tests/judges/junit/judge.sh ${PROJECT_SOURCE_DIR})
sq_script_test(html FOLDER judges ONCE LABELS full
    COMMAND bash ${PROJECT_SOURCE_DIR}/tests/judges/html/judge.sh ${PROJECT_SOURCE_DIR})
