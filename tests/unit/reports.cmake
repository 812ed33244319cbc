sq_test(report_golden FOLDER unit NEEDS sq_golden sq_result_world sq_reports)
