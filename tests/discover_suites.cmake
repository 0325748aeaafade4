# cmake -DPROGRAM=... -DOUTPUT=... -DLABEL=... -DTIMEOUT=... -P discover_suites.cmake : writes for ctest one test a suite of
# PROGRAM, which runs the suite's cases in one process. A process a case took longer to start than its case to run: 0.2 s
# of each of two thousand with AddressSanitizer.
execute_process(COMMAND ${PROGRAM} --gtest_list_tests OUTPUT_VARIABLE listed COMMAND_ERROR_IS_FATAL ANY)
string(REPLACE "\n" ";" lines "${listed}")
set(tests "")
set(cases 0)
foreach(line ${lines})
  if(line MATCHES "^([^ #]+)\\.")
    set(suite ${CMAKE_MATCH_1})
    string(APPEND tests "add_test([=[${suite}]=] [=[${PROGRAM}]=] [=[--gtest_filter=${suite}.*]=])\n"
      "set_tests_properties([=[${suite}]=] PROPERTIES LABELS ${LABEL} TIMEOUT ${TIMEOUT})\n")
  elseif(line MATCHES "^  [^ ]")
    math(EXPR cases "${cases} + 1")
  endif()
endforeach()
file(WRITE ${OUTPUT} "${tests}")
get_filename_component(name ${PROGRAM} NAME)
message("${name}: ${cases} cases")
file(WRITE ${OUTPUT}.cases "${cases}\n")
