// SPDX-License-Identifier: Apache-2.0
// Key pairs of a session by the SunPKCS11 provider, against Java's own providers: a signature and,
// with elliptic curves, a key agreement. Arguments: the provider's settings; the PIN comes from the
// environment, or there is none and nobody logs in. Prints one line for each thing that is right.

import java.security.*;
import java.security.spec.*;
import java.util.Arrays;
import javax.crypto.KeyAgreement;

public class SessionPairs {
	static Provider token;

	static KeyPair pair(String kind, Provider provider) throws Exception {
		KeyPairGenerator made = KeyPairGenerator.getInstance(kind, provider);
		if (kind.equals("EC"))
			made.initialize(new ECGenParameterSpec("secp256r1"));
		else
			made.initialize(2048);
		return made.generateKeyPair();
	}

	static PublicKey plain(String kind, PublicKey key, Provider provider) throws Exception {
		return KeyFactory.getInstance(kind, provider).generatePublic(
			new X509EncodedKeySpec(key.getEncoded()));
	}

	static void signs(String kind, KeyPair pair, Provider own) throws Exception {
		String algorithm = "SHA256with" + (kind.equals("EC") ? "ECDSA" : kind);
		Signature signer = Signature.getInstance(algorithm, token);
		Signature judge = Signature.getInstance(algorithm, own);
		byte[] letter = "what is signed".getBytes();
		signer.initSign(pair.getPrivate());
		signer.update(letter);
		judge.initVerify(plain(kind, pair.getPublic(), own));
		judge.update(letter);
		if (judge.verify(signer.sign()))
			System.out.println(kind + " signs");
	}

	static byte[] agreed(PrivateKey own, PublicKey other, Provider provider) throws Exception {
		KeyAgreement agreement = KeyAgreement.getInstance("ECDH", provider);
		agreement.init(own);
		agreement.doPhase(other, true);
		return agreement.generateSecret();
	}

	public static void main(String[] arguments) throws Exception {
		Provider ec = Security.getProvider("SunEC");
		String pin = System.getenv("JUDGE_PIN");
		token = Security.getProvider("SunPKCS11").configure(arguments[0]);
		if (pin != null)
			KeyStore.getInstance("PKCS11", token).load(null, pin.toCharArray());
		KeyPair rsa = pair("RSA", token), here = pair("EC", token), there = pair("EC", ec);
		signs("RSA", rsa, Security.getProvider("SunRsaSign"));
		signs("EC", here, ec);
		if (Arrays.equals(agreed(here.getPrivate(), there.getPublic(), token),
			    agreed(there.getPrivate(), plain("EC", here.getPublic(), ec), ec)))
			System.out.println("EC agrees");
	}
}
