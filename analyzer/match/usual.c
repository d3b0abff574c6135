/* SPDX-License-Identifier: Apache-2.0 */
#include "match/usual.h"

#include <assert.h>
#include <string.h>

/* A line of each kind that nodes write often, and the words that recur. */
static const char text[] =
    "I1123 16:28:59.927911    2874 kubelet.go:2430] \"SyncLoop (PLEG): event "
    "for pod\" pod=\"shop/cart-7d9c5b8f4-x2x7k\" event={\"ID\":\"0c983da4\","
    "\"Type\":\"ContainerStarted\",\"Data\":\"5ae45436c9a61f74\"}\n"
    "I1123 16:28:59.927911    2874 reconciler_common.go:245] \"operationExecu"
    "tor.MountVolume started for volume \\\"kube-api-access-4cf4b\\\" (UniqueN"
    "ame: \\\"kubernetes.io/projected/96e5-secret\\\") pod \\\"mail\\\" (UID: "
    "\\\"1adb\\\") \" pod=\"kube-system/coredns-6f6b\"\n"
    "W1123 16:28:59.927911    2874 prober.go:107] \"Probe failed\" probeType="
    "\"Liveness\" podUID=\"3b8c\" containerName=\"web\" probeResult=\"failure\""
    " output=\"HTTP probe failed with statuscode: 500\"\n"
    "E1123 16:28:59.927911    2874 pod_workers.go:1298] \"Error syncing pod, "
    "skipping\" err=\"failed to \\\"StartContainer\\\" for \\\"api\\\" with Cra"
    "shLoopBackOff: \\\"back-off 5m0s restarting failed container=api\\\"\"\n"
    "I1123 16:28:59.927911       1 leaderelection.go:258] successfully acquir"
    "ed lease, connection refused, not found, timed out, Reflector watch clos"
    "ed with unexpected request, updated configuration, scaled\n"
    "time=\"2026-11-23T16:28:59.927322624Z\" level=info msg=\"StartContainer "
    "for \\\"8f14e45fceea167a\\\" returns successfully\" runtime=io.container"
    "d.runc.v2\n"
    "time=\"2026-11-23T16:28:59.927Z\" level=warning msg=\"cleaning up after "
    "shim disconnected\" id=c9f0f895fb98 namespace=k8s.io error=nil\n"
    "Nov 23 16:28:59 aks-nodepool1-12345678-vmss000000 systemd[1]: cri-conta"
    "inerd-45c48cce2e2d7fbd.scope: Deactivated successfully, consumed 1.2s CP"
    "U time, created slice, mounted, reached target, stopped service.\n"
    "Nov 23 16:28:59 ip-10-0-4-7 kernel: [12345.678] cbr0: port 3(veth) enter"
    "ed disabled state, device left promiscuous mode\n"
    "2026-11-23T16:28:59.927500123Z stdout F 10.244.3.17 - - [23/Nov/2026:16"
    ":28:59 +0000] \"GET /api/v1/users/1679?limit=50 HTTP/1.1\" 200 6512 \"-\""
    " \"Mozilla/5.0 (X11; Linux x86_64) Safari/537.36\" rt=0.070\n"
    "2026-11-23T16:28:59.927Z stderr F {\"level\":\"info\",\"ts\":1795452539.9"
    ",\"caller\":\"controller/controller.go:220\",\"msg\":\"Starting workers\","
    "\"method\":\"POST\",\"path\":\"/healthz\",\"duration\":\"3ms\"}\n"
    "2026-11-23T16:28:59.927Z INFO order processing finished in the service, "
    "queue is empty, client connected from host, user authenticated, retryin"
    "g operation, listening on port, container is not ready\n";

static const struct {
    unsigned char from;
    unsigned char to;
    double each; /* of 1000 bytes */
} rates[] = {
    {' ', ' ', 85}, {'"', '"', 35},   {'-', '-', 30},  {'.', '.', 22},
    {'/', '/', 22}, {'0', '9', 25},   {':', ':', 25},  {'=', '=', 18},
    {'A', 'Z', 4},  {'\\', '\\', 10}, {'a', 'a', 40},  {'b', 'b', 14},
    {'c', 'c', 28}, {'d', 'd', 30},   {'e', 'e', 55},  {'f', 'f', 15},
    {'g', 'g', 14}, {'h', 'h', 12},   {'i', 'i', 35},  {'j', 'k', 5},
    {'l', 'l', 22}, {'m', 'm', 18},   {'n', 'n', 38},  {'o', 'o', 40},
    {'p', 'p', 20}, {'q', 'q', 2},    {'r', 'r', 35},  {'s', 's', 36},
    {'t', 't', 40}, {'u', 'u', 18},   {'v', 'v', 10},  {'w', 'w', 6},
    {'x', 'z', 5},  {',', ',', 5},    {'[', ']', 4},   {'_', '_', 4},
    {'{', '}', 3},  {'(', ')', 2},    {0x80, 0xff, 1},
};

static_assert(sizeof(text) <= USUAL_MAX, "a bit for each byte");

static void
add_place(struct usual_places *places, size_t at)
{
    places->of[at / 64] |= UINT64_C(1) << at % 64;
}

static void
read_rates(double of[256])
{
    for (size_t byte = 0; byte < 256; byte++) {
        of[byte] = 0.0005;
    }
    for (size_t i = 0; i < COUNT(rates); i++) {
        for (size_t byte = rates[i].from; byte <= rates[i].to; byte++) {
            of[byte] = rates[i].each / 1000;
        }
    }
}

void
usual_read(struct usual *usual)
{
    memset(usual, 0, sizeof(*usual));
    read_rates(usual->rates);
    for (size_t at = 0; at + USUAL_WIDTH < sizeof(text); at++) {
        add_place(&usual->all, at);
        for (size_t i = 0; i < USUAL_WIDTH; i++) {
            unsigned byte = (unsigned char)text[at + i];
            add_place(&usual->low[i][byte & 15], at);
            add_place(&usual->high[i][byte >> 3 & 15], at);
        }
    }
}

struct slice
usual_text(void)
{
    return slice_of(text, sizeof(text) - 1);
}
