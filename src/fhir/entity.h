/* SPDX-License-Identifier: GPL-3.0-or-later
 * fhir/entity.h — private to this room: HTML's character references by name. */
#pragma once
#include <glib.h>

/* 0 when @name (without & and ;) is unknown. */
gunichar fhir_entity(const char *name, gsize len);
