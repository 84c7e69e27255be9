/* The floor: what a call can't cost less than. Each 20 ms one period is encoded, protected and sent, and what comes is
 * taken, checked and decoded: no ICE, no RTCP, no jitter buffer, no sound card, one thread.
 *
 *     floor LIBOPUS SPEECH.raw     s16le mono 48 kHz; ends when its standard input does
 *
 * Same libopus and settings as Callbox's: mono, 32 kb/s, complexity 5, voice, in-band FEC; SRTP by AES-GCM, as aiortc. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <poll.h>
#include <srtp2/srtp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum { RATE = 48000, FRAMES = 960, VOIP = 2048, BITRATE = 4002, COMPLEXITY = 4010, FEC = 4012 };
typedef void *(*create_encoder)(int32_t, int, int, int *);
typedef void *(*create_decoder)(int32_t, int, int *);
typedef int (*control)(void *, int, ...);
typedef int32_t (*encode)(void *, const int16_t *, int, uint8_t *, int32_t);
typedef int (*decode)(void *, const uint8_t *, int32_t, int16_t *, int, int);

static srtp_t session(srtp_ssrc_type_t direction) {
    static uint8_t key[64] = {1, 2, 3};
    srtp_policy_t policy;
    srtp_t made;
    memset(&policy, 0, sizeof policy);
    srtp_crypto_policy_set_aes_gcm_256_16_auth(&policy.rtp);
    srtp_crypto_policy_set_aes_gcm_256_16_auth(&policy.rtcp);
    policy.key = key;
    policy.window_size = 1024;
    policy.ssrc.type = direction;
    if (srtp_create(&made, &policy)) exit(1);
    return made;
}

int main(int count, char **words) {
    if (count != 3) return 64;
    void *opus = dlopen(words[1], RTLD_NOW);
    FILE *file = fopen(words[2], "rb");
    if (!opus || !file) return 66;
    static int16_t speech[RATE * 120], heard[5760];
    long frames = (long)fread(speech, 2, RATE * 120, file), at = 0;
    int error;
    void *encoder = ((create_encoder)dlsym(opus, "opus_encoder_create"))(RATE, 1, VOIP, &error);
    void *decoder = ((create_decoder)dlsym(opus, "opus_decoder_create"))(RATE, 1, &error);
    control set = (control)dlsym(opus, "opus_encoder_ctl");
    encode pack = (encode)dlsym(opus, "opus_encode");
    decode play = (decode)dlsym(opus, "opus_decode");
    set(encoder, BITRATE, 32000);
    set(encoder, COMPLEXITY, 5);
    set(encoder, FEC, 1);
    srtp_init();
    srtp_t out = session(ssrc_any_outbound), in = session(ssrc_any_inbound);
    int far = socket(AF_INET, SOCK_DGRAM, 0), near = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in place = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof place;
    if (bind(far, (void *)&place, size) || getsockname(far, (void *)&place, &size)) return 1;
    int clock = timerfd_create(CLOCK_MONOTONIC, 0);
    struct itimerspec period = {{0, 20000000}, {0, 20000000}};
    timerfd_settime(clock, 0, &period, 0);
    struct pollfd ends[3] = {{clock, POLLIN, 0}, {far, POLLIN, 0}, {0, POLLIN, 0}};
    uint16_t number = 0;
    printf("{\"pid\": %d}\n", getpid());
    fflush(stdout);
    while (poll(ends, 3, -1) > 0 && !ends[2].revents) {
        static uint8_t packet[2000];
        if (ends[0].revents) {
            uint64_t ticks;
            if (read(clock, &ticks, sizeof ticks) < 0) return 1;
            at = at + FRAMES > frames ? 0 : at;
            memset(packet, 0, 12);
            uint32_t stamp = htonl(number * FRAMES);
            packet[0] = 0x80, packet[1] = 96, packet[2] = number >> 8, packet[3] = number & 255, packet[11] = 7;
            memcpy(packet + 4, &stamp, 4);
            number++;
            int length = 12 + pack(encoder, speech + at, FRAMES, packet + 12, 1400);
            at += FRAMES;
            if (!srtp_protect(out, packet, &length)) sendto(near, packet, length, 0, (void *)&place, size);
        }
        if (ends[1].revents) {
            int length = (int)recv(far, packet, sizeof packet, 0);
            if (srtp_unprotect(in, packet, &length) || play(decoder, packet + 12, length - 12, heard, 5760, 0) < 0) return 1;
        }
    }
    printf("{}\n");
    return 0;
}
