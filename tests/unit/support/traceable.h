/* SPDX-License-Identifier: GPL-3.0-or-later
 * support/traceable.h — whether this is a sanitizer build, whose leak check traces its own process: the sandbox
 * leaves that open there, and only there. */
#pragma once

#if defined(__SANITIZE_ADDRESS__)
#define TRACEABLE 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TRACEABLE 1
#endif
#endif
#ifndef TRACEABLE
#define TRACEABLE 0
#endif
