/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/internal.h"
#include <glib/gi18n-lib.h>

G_DEFINE_QUARK(rond - net - error - quark, net_error)

static const char *const sentences[] = {
    [NET_ERROR_URL] =
        N_("This is not an address that may be used: it must be https, a Unix socket, "
           "or http on this machine."),
    [NET_ERROR_HOST] = N_("The server's name is not known on this network. Check the address and "
                          "the network."),
    [NET_ERROR_REFUSED] = N_("Nothing answers at the server's address. The core may be stopped, or "
                             "the address wrong."),
    [NET_ERROR_CONNECT] =
        N_("No connection to the server in time. Check the network and try again."),
    [NET_ERROR_TLS] = N_("No secure connection to the server could be agreed on (TLS 1.2 or later "
                         "is required). Nothing was sent. Check the address, or ask support."),
    [NET_ERROR_CA] = N_("The server's certificate is not trusted here. Nothing was sent. Ask support "
                        "to check the CA file and the certificate."),
    [NET_ERROR_TIMEOUT] = N_("The server did not answer in time."),
    [NET_ERROR_BROKEN] = N_("The connection was lost before the answer was complete."),
    [NET_ERROR_TOO_BIG] =
        N_("The server's answer is larger than the limit and was not read. Narrow "
           "the search."),
    [NET_ERROR_REDIRECT] = N_("The server pointed to another address. It was not followed."),
    [NET_ERROR_PROTOCOL] = N_("The server's answer is not HTTP. The address or port may be wrong."),
    [NET_ERROR_FAILED] = N_("The request could not be carried out."),
};

static const struct {
    CURLcode curl;
    NetErrorCode code;
} codes[] = {
    {CURLE_URL_MALFORMAT, NET_ERROR_URL},
    {CURLE_COULDNT_RESOLVE_HOST, NET_ERROR_HOST},
    {CURLE_COULDNT_RESOLVE_PROXY, NET_ERROR_HOST},
    {CURLE_COULDNT_CONNECT, NET_ERROR_REFUSED},
    {CURLE_OPERATION_TIMEDOUT, NET_ERROR_CONNECT}, /* only the connect timeout is curl's */
    {CURLE_SSL_CONNECT_ERROR, NET_ERROR_TLS},
    {CURLE_SSL_CIPHER, NET_ERROR_TLS},
    {CURLE_USE_SSL_FAILED, NET_ERROR_TLS},
    {CURLE_PEER_FAILED_VERIFICATION, NET_ERROR_CA},
    {CURLE_SSL_CACERT_BADFILE, NET_ERROR_CA},
    {CURLE_SSL_ISSUER_ERROR, NET_ERROR_CA},
    {CURLE_GOT_NOTHING, NET_ERROR_BROKEN},
    {CURLE_SEND_ERROR, NET_ERROR_BROKEN},
    {CURLE_RECV_ERROR, NET_ERROR_BROKEN},
    {CURLE_PARTIAL_FILE, NET_ERROR_BROKEN},
    {CURLE_SEND_FAIL_REWIND, NET_ERROR_BROKEN},
    {CURLE_HTTP2, NET_ERROR_BROKEN},
    {CURLE_HTTP2_STREAM, NET_ERROR_BROKEN},
    {CURLE_BAD_CONTENT_ENCODING, NET_ERROR_BROKEN},
    {CURLE_UNSUPPORTED_PROTOCOL, NET_ERROR_PROTOCOL},
    {CURLE_WEIRD_SERVER_REPLY, NET_ERROR_PROTOCOL},
};

GError *net_error_make(NetErrorCode code)
{
    return g_error_new_literal(NET_ERROR, code, sentences[code]);
}

GError *net_error_of_curl(CURLcode code)
{
    for (guint i = 0; i < G_N_ELEMENTS(codes); i++)
        if (codes[i].curl == code)
            return net_error_make(codes[i].code);
    return net_error_make(NET_ERROR_FAILED);
}

gboolean net_error_never_sent(const GError *error)
{
    if (!error || error->domain != NET_ERROR)
        return FALSE;
    switch ((NetErrorCode)error->code) {
    case NET_ERROR_URL:
    case NET_ERROR_HOST:
    case NET_ERROR_REFUSED:
    case NET_ERROR_CONNECT:
    case NET_ERROR_TLS:
    case NET_ERROR_CA:
        return TRUE;
    case NET_ERROR_TIMEOUT:
    case NET_ERROR_BROKEN:
    case NET_ERROR_TOO_BIG:
    case NET_ERROR_REDIRECT:
    case NET_ERROR_PROTOCOL:
    case NET_ERROR_FAILED:
        return FALSE;
    }
    return FALSE;
}
