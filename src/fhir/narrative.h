/* SPDX-License-Identifier: GPL-3.0-or-later
 * fhir/narrative.h — XHTML, HTML and plain attachments as text a terminal can show. Never executes
 * or fetches anything; scripts and styles vanish, block elements become lines, entities are
 * decoded. */
#pragma once
#include <glib.h>

char *fhir_html_to_text(const char *html, gsize len); /* owned; UTF-8 */
/* The other way: sökord as headings. Lines "# Heading" are headings; owned <div>. */
char *fhir_text_to_xhtml(const char *text);
