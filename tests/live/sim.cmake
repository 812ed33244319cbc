# The live carrier, towards a server of raw bytes and towards the real one.
foreach(name IN ITEMS live live_endings live_clocks live_faults live_run)
    sq_test(${name} FOLDER live NEEDS sq_live_world)
    target_compile_definitions(test_${name} PRIVATE _GNU_SOURCE)
endforeach()
