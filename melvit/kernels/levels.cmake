# kernels/level/*.cpp once for each level of instructions, as one source each. No other source is compiled for more than
# the architecture's least processor, so that nothing but a table of kernels (kernels.h) depends on the one at hand.

if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  set(levels baseline avx2 avx2_vnni avx512 avx512_vnni avx512_bf16 amx)
  set(flags_baseline -march=x86-64-v2)
  set(flags_avx2 -march=x86-64-v3)
  set(flags_avx2_vnni ${flags_avx2} -mavxvnni)
  set(flags_avx512 -march=x86-64-v4 -mprefer-vector-width=512)
  set(flags_avx512_vnni ${flags_avx512} -mavx512vnni)
  set(flags_avx512_bf16 ${flags_avx512_vnni} -mavx512bf16)
  set(flags_amx ${flags_avx512_bf16} -mamx-tile -mamx-int8 -mamx-bf16)
else()
  set(levels baseline)
endif()

file(GLOB kernel_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/kernels/level/*.cpp)
foreach(level ${levels})
  set(text "#define MELVIT_LEVEL ${level}\n")
  foreach(source ${kernel_sources})
    string(APPEND text "#include \"${source}\"\n")
  endforeach()
  file(CONFIGURE OUTPUT kernels_${level}.cpp CONTENT "${text}" @ONLY)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/kernels_${level}.cpp)
  # Fused multiply-adds on every compiler; clang would not contract x * b + c by itself over statements.
  set_source_files_properties(${source} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON
    COMPILE_OPTIONS "${flags_${level}};-ffp-contract=fast;-fno-exceptions")
  target_sources(melvit_kernels PRIVATE ${source})
endforeach()
