# Three Debian packages: melvit (the program), libmelvit0.1, libmelvit-dev. Made by `make deb`.

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "The melvit authors <authors@melvit.invalid>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_COMPONENTS_ALL program library development)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)

# FFmpeg's libraries are opened by name when the first song is read, so nothing else tells of them.
set(ffmpeg_packages)
foreach(library avformat avcodec avutil swresample)
  string(REGEX MATCH "^[0-9]+" major ${ffmpeg_lib${library}_VERSION})
  list(APPEND ffmpeg_packages lib${library}${major})
endforeach()
list(JOIN ffmpeg_packages ", " ffmpeg_packages)

set(name libmelvit${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
set(about "melvit turns songs into mel-spectrograms, these into features by a pretrained\nVision Transformer, and names the genre with a small head trained on them.")

set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME melvit)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION sound)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_DEPENDS "${ffmpeg_packages}")
set(CPACK_DEBIAN_PROGRAM_PACKAGE_RECOMMENDS gnuplot-nox)
set(CPACK_DEBIAN_PROGRAM_DESCRIPTION "music genres by transfer learning\n${about}")

set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME ${name})
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_DEPENDS "${ffmpeg_packages}")
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_LIBRARY_DESCRIPTION "music genres by transfer learning (library)\n${about}")
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/triggers "activate-noawait ldconfig\n")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA ${CMAKE_CURRENT_BINARY_DIR}/triggers)

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libmelvit-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "${name} (= ${PROJECT_VERSION}), libfmt-dev, nlohmann-json3-dev, libssl-dev, \
libpng-dev, libjpeg62-turbo-dev | libjpeg-dev, zlib1g-dev, libutf8proc-dev")
set(CPACK_DEBIAN_DEVELOPMENT_DESCRIPTION "music genres by transfer learning (headers)\n${about}")

# Each package has its copyright and changelog.
execute_process(COMMAND gzip -9nc changelog WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
  OUTPUT_FILE ${CMAKE_CURRENT_BINARY_DIR}/changelog.gz)
set(packages melvit ${name} libmelvit-dev)
foreach(component package IN ZIP_LISTS CPACK_COMPONENTS_ALL packages)
  install(FILES copyright ${CMAKE_CURRENT_BINARY_DIR}/changelog.gz
    DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${package} COMPONENT ${component})
endforeach()
include(CPack)
