# One ctest entry a folder of command-line cases.
if(TARGET squall)
    file(GLOB folders CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/cli/*/)
    foreach(folder IN LISTS folders)
        if(NOT IS_DIRECTORY ${folder})
            continue()
        endif()
        get_filename_component(name ${folder} NAME)
        file(GLOB cases CONFIGURE_DEPENDS ${folder}/*.case)
        sq_script_test(${name} FOLDER cli
            COMMAND bash ${PROJECT_SOURCE_DIR}/tests/cli/run_case.sh ${cases})
    endforeach()
endif()
