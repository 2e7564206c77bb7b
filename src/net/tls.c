/* SPDX-License-Identifier: GPL-3.0-or-later
 * The trust store, read once on a worker thread (a system bundle takes 20 ms) and then shared by
 * every connection. Requests that need it wait for it. */
#include "net/internal.h"
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

/* The worker's last word. OpenSSL takes itself down when the process exits, so a Net that is freed
 * waits for a worker that is still reading certificates (tens of ms at the most, at the end only). */
typedef struct {
    GMutex lock;
    GCond ended;
    gboolean running;
} Worker;

struct NetTls {
    char *ca_file;
    X509_STORE *store;
    gboolean loading, failed;
    GPtrArray *waiting; /* NetRequest* */
    Worker worker;
    GCancellable *gone; /* cancelled when the Net is freed before the worker is done */
};

NetTls *net_tls_new(const char *ca_file)
{
    NetTls *tls = g_new0(NetTls, 1);
    tls->ca_file = g_strdup(ca_file);
    tls->waiting = g_ptr_array_new();
    tls->gone = g_cancellable_new();
    g_mutex_init(&tls->worker.lock);
    g_cond_init(&tls->worker.ended);
    return tls;
}

void net_tls_free(NetTls *tls)
{
    if (!tls)
        return;
    g_cancellable_cancel(tls->gone);
    g_mutex_lock(&tls->worker.lock);
    while (tls->worker.running)
        g_cond_wait(&tls->worker.ended, &tls->worker.lock);
    g_mutex_unlock(&tls->worker.lock);
    g_mutex_clear(&tls->worker.lock);
    g_cond_clear(&tls->worker.ended);
    g_object_unref(tls->gone);
    g_ptr_array_unref(tls->waiting);
    X509_STORE_free(tls->store);
    g_free(tls->ca_file);
    g_free(tls);
}

static void free_store(gpointer store)
{
    X509_STORE_free(store);
}

static void load(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    NetTls *tls = data; /* cannot be freed before the worker has ended */
    const char *file = tls->ca_file ? tls->ca_file : curl_version_info(CURLVERSION_NOW)->cainfo;
    X509_STORE *store = X509_STORE_new();
    gboolean ok = file && X509_STORE_load_file(store, file);
    if (!ok && !tls->ca_file) /* no bundle on this system: OpenSSL's own places */
        ok = X509_STORE_set_default_paths(store);
    if (ok) {
        g_task_return_pointer(task, store, free_store);
    } else {
        X509_STORE_free(store);
        g_task_return_error(task, net_error_make(NET_ERROR_CA));
    }
    g_mutex_lock(&tls->worker.lock);
    tls->worker.running = FALSE;
    g_cond_signal(&tls->worker.ended);
    g_mutex_unlock(&tls->worker.lock);
}

static void on_loaded(GObject *source, GAsyncResult *result, gpointer data)
{
    GTask *task = G_TASK(result);
    g_autoptr(GError) error = NULL;
    if (g_cancellable_is_cancelled(g_task_get_cancellable(task))) /* @data is gone with its Net */
        return;
    NetTls *tls = data;
    tls->store = g_task_propagate_pointer(task, &error);
    tls->loading = FALSE;
    tls->failed = error != NULL;
    g_autoptr(GPtrArray) waiting = g_steal_pointer(&tls->waiting);
    tls->waiting = g_ptr_array_new();
    for (guint i = 0; i < waiting->len; i++)
        net_tls_run(tls, waiting->pdata[i]); /* no user code runs in here */
}

static void start_loading(NetTls *tls)
{
    tls->loading = TRUE;
    g_autoptr(GTask) task = g_task_new(NULL, tls->gone, on_loaded, tls);
    g_task_set_check_cancellable(task, FALSE);
    g_task_set_task_data(task, tls, NULL);
    tls->worker.running = TRUE;
    g_task_run_in_thread(task, load);
}

void net_tls_run(NetTls *tls, NetRequest *r)
{
    if (tls->store) {
        net_request_run(r);
        return;
    }
    if (tls->failed) {
        net_request_fail(r, net_error_make(NET_ERROR_CA));
        return;
    }
    g_ptr_array_add(tls->waiting, r);
    if (!tls->loading)
        start_loading(tls);
}

void net_tls_forget(NetTls *tls, NetRequest *r)
{
    g_ptr_array_remove(tls->waiting, r);
}

static CURLcode on_ssl_ctx(CURL *easy, void *ctx, void *data)
{
    NetTls *tls = data;
    SSL_CTX_set1_cert_store(ctx, tls->store);
    return CURLE_OK;
}

void net_tls_apply(NetTls *tls, CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
    curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    curl_easy_setopt(easy, CURLOPT_CA_CACHE_TIMEOUT, 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, on_ssl_ctx);
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, tls);
}
