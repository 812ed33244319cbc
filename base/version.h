/* SPDX-License-Identifier: MIT */
/* The version, for code that prints or records it. CMakeLists.txt says the same; a test compares.
 */
#ifndef SQ_BASE_VERSION_H
#define SQ_BASE_VERSION_H

#define SQ_VERSION "0.1.0"

#endif
