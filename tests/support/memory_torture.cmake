# The heap that can refuse: name sq_memory_torture in NEEDS, before the folders of the house.
add_library(sq_memory_torture OBJECT ${PROJECT_SOURCE_DIR}/tests/support/memory_torture.c)
target_include_directories(sq_memory_torture PUBLIC ${PROJECT_SOURCE_DIR})
