# Parsers of outside bytes. The corpus is replayed as a normal test; with SQ_FUZZ (preset `fuzz`,
# scripts/fuzz.sh) each row of entries.c becomes a libFuzzer program, fuzz_NAME.
set(entries
    ${CMAKE_CURRENT_LIST_DIR}/entries.c
    ${CMAKE_CURRENT_LIST_DIR}/memory_disk.c
    ${CMAKE_CURRENT_LIST_DIR}/scenario_entries.c
    ${CMAKE_CURRENT_LIST_DIR}/schema_entries.c
    ${CMAKE_CURRENT_LIST_DIR}/wire_entries.c
    ${CMAKE_CURRENT_LIST_DIR}/word_entries.c)
sq_test(corpus FOLDER fuzz SOURCES ${entries} NEEDS sq_reports sq_sim sq_scenarios sq_wire)

if(SQ_FUZZ)
    add_custom_target(fuzzers)
    file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/entries.c lines REGEX "{\"[a-z]+\", sq_fuzz_")
    string(REGEX MATCHALL "{\"[a-z]+\"" names "${lines}")
    list(TRANSFORM names REPLACE "[^a-z]" "")
    foreach(name IN LISTS names)
        add_executable(fuzz_${name} ${entries} ${CMAKE_CURRENT_LIST_DIR}/libfuzzer.c)
        target_include_directories(fuzz_${name} PRIVATE ${PROJECT_SOURCE_DIR})
        target_compile_definitions(fuzz_${name} PRIVATE SQ_FUZZ_NAME="${name}")
        target_link_libraries(fuzz_${name} PRIVATE sq_reports sq_sim sq_scenarios sq_wire)
        target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
        add_dependencies(fuzzers fuzz_${name})
    endforeach()
endif()

# The fuzzers themselves, for a few seconds each: that they build, start and find nothing at once.
sq_script_test(briefly FOLDER fuzz COMMAND bash ${CMAKE_CURRENT_LIST_DIR}/briefly.sh LABELS full ONCE)
if(TEST fuzz/briefly)
    set_tests_properties(fuzz/briefly PROPERTIES TIMEOUT 1800 RUN_SERIAL ON)
endif()
