/* SPDX-License-Identifier: GPL-3.0-or-later
 * bind/bind.h — fits the sealed store and the login session to the two tables a Client sees, and
 * a Net to what the login needs of HTTP. For src/main. Order at the end: client_free, binding free,
 * store_close; session and store are borrowed and may come later than the client (login, unlock).
 */
#pragma once
#include "auth/session.h"
#include "client/client.h"
#include "store/store.h"

typedef struct ClientBinding ClientBinding; /* .store_data and .auth_data of ClientConfig */
ClientBinding *client_binding_new(void);
void client_binding_free(ClientBinding *binding);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ClientBinding, client_binding_free)
void client_binding_set_store(ClientBinding *binding, Store *store); /* unlocked; NULL: none */
void client_binding_set_session(ClientBinding *binding, AuthSession *session);

extern const ClientStore client_binding_store;
/* The same without a cache: a visit that leaves no patient data behind on this machine. */
extern const ClientStore client_binding_store_uncached;
extern const ClientAuth client_binding_auth;

AuthHttp client_auth_http(Net *net);
