# Real sockets, signals and processes; loopback and free ports only.
foreach(test IN ITEMS child epoll signal socket)
    sq_test(${test} FOLDER live NEEDS sq_host)
    target_compile_definitions(test_${test} PRIVATE _GNU_SOURCE)
endforeach()
