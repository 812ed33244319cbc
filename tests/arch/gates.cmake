# The gates: what must hold of the code itself. Each has a self-test (arch/<gate>-can-fail) that feeds
# it something wrong. They run in the optimised build only (`make check`, `make test`).
if(SQ_SANITIZE)
    return()
endif()

# The objects of the house, one line each: folder/file.c path/of/file.o
set(SQ_OBJECT_LISTS "")
foreach(folder IN LISTS SQ_FOLDERS)
    if(TARGET sq_${folder})
        string(APPEND SQ_OBJECT_LISTS "$<JOIN:$<TARGET_OBJECTS:sq_${folder}>,\n>\n")
    endif()
endforeach()
file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/object_paths.txt CONTENT "${SQ_OBJECT_LISTS}")

set(gates ${PROJECT_SOURCE_DIR}/tests/arch)
foreach(gate IN ITEMS include words sizes spdx format headers)
    sq_script_test(${gate} FOLDER arch ONCE COMMAND bash ${gates}/${gate}.sh ${PROJECT_SOURCE_DIR})
endforeach()
foreach(gate IN ITEMS purity globals)
    sq_script_test(${gate} FOLDER arch ONCE
        COMMAND bash ${gates}/over_objects.sh ${gate} ${PROJECT_BINARY_DIR}/object_paths.txt)
endforeach()
sq_script_test(tidy FOLDER arch ONCE LABELS tidy
    COMMAND bash ${gates}/tidy.sh ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})
set_tests_properties(arch/tidy PROPERTIES TIMEOUT 900)

foreach(gate IN ITEMS include words sizes spdx format headers purity globals tidy)
    sq_script_test(${gate}-can-fail FOLDER arch ONCE COMMAND bash ${gates}/selftest.sh ${gate})
endforeach()
