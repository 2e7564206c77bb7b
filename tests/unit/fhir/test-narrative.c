/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhir/narrative.h"
#include <criterion/criterion.h>
#include <string.h>

static const struct {
    const char *html, *text;
} rows[] = {
    {"", ""},
    {"  ord \n och\tord  ", "ord och ord"},
    {"<p>a</p><p>b</p>", "a\n\nb"},
    {"<div>a<div>b</div></div>c", "a\nb\nc"},
    {"a<br/>b<br>c", "a\nb\nc"},
    {"<h3>Status</h3><p>AT: gott</p>", "Status\n\nAT: gott"},
    {"<ul><li>ett</li><li>två</li></ul>x", "- ett\n- två\nx"},
    {"<table><tr><th>a</th><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>", "a | b\nc | d"},
    {"<pre>a\n  b</pre>c", "a\n  b\nc"},
    {"a&amp;b&lt;c&gt;&quot;&apos;&aring;&Ouml;&nbsp;&#229;&#xE5;&#XE5;", "a&b<c>\"'åÖ\xc2\xa0ååå"},
    {"&amp;lt;", "&lt;"},
    {"&bogus; &amp &; & &#; &#x; &#99999999;", "&bogus; &amp &; & &#; &#x; \xef\xbf\xbd"},
    {"&#0;&#xD800;", "\xef\xbf\xbd\xef\xbf\xbd"},
    {"a<script>alert('<p>')</script>b", "ab"},
    {"a<SCRIPT SRC=x>q</ScRiPt >b", "ab"},
    {"a<style>p{}</style>b<title>t</title>c", "abc"},
    {"a<script/>b", "ab"},
    {"a<script>never closed", "a"},
    {"<a href=\"javascript:x()\" title='>'>länk</a>", "länk"},
    {"<img src=x onerror=\"alert('>')\">x", "x"},
    {"a<!-- <p>b</p> -->c<!DOCTYPE x><?xml y?>d", "acd"},
    {"p < 0,05 och <3 </ >", "p < 0,05 och <3 </ >"},
    {"<unknown>syns</unknown><noscript>syns</noscript>", "synssyns"},
    {"<p", ""},
    {"a<b", "a"},
    {"<", "<"},
    {"\xff"
     "a",
     "\xef\xbf\xbd"
     "a"},
};

Test(fhir_narrative, html_becomes_text)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = fhir_html_to_text(rows[i].html, strlen(rows[i].html));
        cr_expect_str_eq(text, rows[i].text, "row %zu: %s", i, rows[i].html);
    }
}

Test(fhir_narrative, reads_no_further_than_told)
{
    g_autofree char *text = fhir_html_to_text("abc<p>def", 2);
    cr_expect_str_eq(text, "ab");
}

Test(fhir_narrative, text_becomes_xhtml)
{
    g_autofree char *xhtml = fhir_text_to_xhtml("# Anamnes\nSmärta < 3 d\noch feber\n\nNy\x01rad\n"
                                                "# Bedömning & plan\n#inte rubrik");
    cr_expect_str_eq(xhtml, "<div xmlns=\"http://www.w3.org/1999/xhtml\"><h3>Anamnes</h3>"
                            "<p>Smärta &lt; 3 d<br/>och feber</p><p>Ny\xef\xbf\xbdrad</p>"
                            "<h3>Bedömning &amp; plan</h3><p>#inte rubrik</p></div>");
    g_autofree char *back = fhir_html_to_text(xhtml, strlen(xhtml));
    cr_expect_str_eq(back, "Anamnes\n\nSmärta < 3 d\noch feber\n\nNy\xef\xbf\xbdrad\n\n"
                           "Bedömning & plan\n\n#inte rubrik");
}
