# What makes calls of a stranger's requests.
sq_test(joiner FOLDER unit NEEDS sq_sim)
sq_test(strikes FOLDER unit NEEDS sq_sim)
sq_test(strangers FOLDER unit NEEDS sq_mockprovider)
