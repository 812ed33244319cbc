# The parts of the network side that need neither socket nor clock.
foreach(test IN ITEMS server_log server_sending)
    sq_test(${test} FOLDER unit NEEDS sq_mockprovider
        SOURCES ${PROJECT_SOURCE_DIR}/tests/support/far_side.c)
endforeach()
sq_test(timers FOLDER unit NEEDS sq_mockprovider)
