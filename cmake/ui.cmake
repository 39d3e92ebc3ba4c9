# The page of fssweb: built with node into build/ui of the checkout, for all
# presets one, as it does not depend on them.  Without node (18 or later) and
# npm it is left out, and the front end then has an interface but no page.
set(fss_ui_source ${PROJECT_SOURCE_DIR}/fssweb/ui)
set(fss_ui ${PROJECT_SOURCE_DIR}/build/ui)
find_program(NODE node)
find_program(NPM npm)
find_program(FLOCK flock)
if(NODE AND NPM AND FLOCK)
	execute_process(COMMAND ${NODE} --version OUTPUT_VARIABLE node_version
		OUTPUT_STRIP_TRAILING_WHITESPACE)
	string(REGEX REPLACE "^v" "" node_version "${node_version}")
endif()
if(NOT node_version OR node_version VERSION_LESS 18.18)
	message(STATUS "The page of fssweb is left out: node 18.18 or later, npm "
		"and flock are needed (./dev installs nodejs and npm)")
	return()
endif()

set(fss_ui_make ${FLOCK} ${PROJECT_SOURCE_DIR}/build/ui.lock ${NODE}
	${fss_ui_source}/scripts/make.mjs)
add_custom_target(ui ALL
	COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_SOURCE_DIR}/build
	COMMAND ${CMAKE_COMMAND} -E env FSS_UI_OUT=${fss_ui} ${fss_ui_make}
	COMMENT "Building the page" USES_TERMINAL VERBATIM)

install(DIRECTORY ${fss_ui}/ DESTINATION ${CMAKE_INSTALL_DATADIR}/fss/ui
	COMPONENT web OPTIONAL)
