#!/usr/bin/env bash
# Net::SIP finds another host in three of the addresses that SIP's own RFC gives as examples
#
# Software: libnet-sip-perl 0.835-1 (Debian 12)
# Guess:    sip_uri2parts() gives host, user, scheme and parameters of each of the eight different examples of RFC 3261,
#           section 19.1.3: a semicolon may stand in a user, and headers begin with a question mark behind the host or the
#           parameters.
# Seen:     It looks for the first semicolon before it looks for the @, so alice;day=tuesday is the host alice with a
#           parameter, and it knows no headers: they are a part of the host or of the last parameter.
# Output:   sips:alice@atlanta.com?subject=project%20x&priority=urgent: host atlanta.com?subject=project%20x&priority=urgent
#           sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com: host atlanta.com, method REGISTER?to=alice%40atlanta.com
#           sip:alice;day=tuesday@atlanta.com: host alice, day tuesday@atlanta.com
#           as the RFC says: 5 of 8
# Callbox:  speaks no SIP.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get download -qq -o APT::Sandbox::User=root libnet-sip-perl=0.835-1
dpkg-deb -x libnet-sip-perl_*.deb root
export PERL5LIB=$tmp/root/usr/share/perl5
perl - <<'PL'
use strict;
use warnings;
use Net::SIP::Util qw(sip_uri2parts);

my @examples = (
    ['sip:alice@atlanta.com', 'atlanta.com', {}],
    ['sip:alice:secretword@atlanta.com;transport=tcp', 'atlanta.com', {transport => 'tcp'}],
    ['sips:alice@atlanta.com?subject=project%20x&priority=urgent', 'atlanta.com', {}],
    ['sip:+1-212-555-1212:1234@gateway.com;user=phone', 'gateway.com', {user => 'phone'}],
    ['sips:1212@gateway.com', 'gateway.com', {}],
    ['sip:alice@192.0.2.4', '192.0.2.4', {}],
    ['sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com', 'atlanta.com', {method => 'REGISTER'}],
    ['sip:alice;day=tuesday@atlanta.com', 'atlanta.com', {}],
);
my $right = 0;
for my $example (@examples) {
    my ($address, $host, $parameters) = @$example;
    my ($found, undef, undef, $told) = sip_uri2parts($address);
    my $text = join '', map { ", $_ $told->{$_}" } sort keys %$told;
    if ($found eq $host and $text eq join '', map { ", $_ $parameters->{$_}" } sort keys %$parameters) {
        $right++;
    } else {
        print "$address: host $found$text\n";
    }
}
printf "as the RFC says: %d of %d\n", $right, scalar @examples;
die "changed: 5 of 8 were expected\n" if $right != 5;
PL
