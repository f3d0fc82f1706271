# rootseal_scenario_folder(name LINK ...): a folder of scenarios and workloads. Every .cpp file registers itself:
# *_workload.cpp with Google Benchmark, the others with GoogleTest. Two OBJECT libraries, because the two programs link
# different test frameworks and because a linker drops self-registering objects out of a static library.
function(rootseal_scenario_folder name)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  file(GLOB scenarios CONFIGURE_DEPENDS *.cpp)
  list(FILTER scenarios EXCLUDE REGEX "_(test|workload)\\.cpp$")
  file(GLOB workloads CONFIGURE_DEPENDS *_workload.cpp)
  if(scenarios)
    add_library(rootseal_scenarios_${name} OBJECT ${scenarios})
    rootseal_optimise(1 rootseal_scenarios_${name})
    target_link_libraries(rootseal_scenarios_${name} PUBLIC rootseal_testing ${ARG_LINK})
  endif()
  if(workloads)
    add_library(rootseal_workloads_${name} OBJECT ${workloads})
    target_link_libraries(rootseal_workloads_${name} PUBLIC rootseal_workload_testing ${ARG_LINK})
  endif()
endfunction()
