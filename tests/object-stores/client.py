"""The stores' own clients, for the tests.

    client.py {s3|s3s|azure|gcs} URL put  BUCKET PREFIX FOLDER
    client.py {s3|s3s|azure|gcs} URL get  BUCKET PREFIX FOLDER
    client.py {s3|s3s|azure|gcs} URL key  BUCKET KEY TEXT
    client.py {s3|s3s}           URL parts BUCKET KEY FILE   (an upload of several parts)
    client.py {s3|s3s|azure|gcs} URL many BUCKET PREFIX COUNT
"""

import json
import os
import sys
import urllib.parse
import urllib.request

PART = 5 << 20


class S3:
    versions = True

    def __init__(self, url, bucket):
        import boto3

        self.bucket = bucket
        self.client = boto3.client(
            "s3",
            endpoint_url=url,
            region_name="us-east-1",
            aws_access_key_id="AK",
            aws_secret_access_key="s3cretKeyThatMustNotShow",
        )
        if bucket not in [b["Name"] for b in self.client.list_buckets()["Buckets"]]:
            self.client.create_bucket(Bucket=bucket)
            if self.versions:
                self.client.put_bucket_versioning(
                    Bucket=bucket, VersioningConfiguration={"Status": "Enabled"}
                )

    def put(self, key, body):
        algorithm = "SHA256" if key.endswith(".safetensors") else "CRC32"
        self.client.put_object(Bucket=self.bucket, Key=key, Body=body, ChecksumAlgorithm=algorithm)

    def parts(self, key, body):
        place = {"Bucket": self.bucket, "Key": key}
        upload = self.client.create_multipart_upload(**place)["UploadId"]
        done = []
        for number, start in enumerate(range(0, len(body), PART), 1):
            part = self.client.upload_part(
                **place, UploadId=upload, PartNumber=number, Body=body[start : start + PART]
            )
            done.append({"PartNumber": number, "ETag": part["ETag"]})
        self.client.complete_multipart_upload(
            **place, UploadId=upload, MultipartUpload={"Parts": done}
        )

    def keys(self, prefix):
        pages = self.client.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self.bucket, Prefix=prefix):
            yield from (entry["Key"] for entry in page.get("Contents", []))

    def get(self, key):
        return self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read()


class Azure:
    # The emulator's own account, the same everywhere.
    KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="

    def __init__(self, url, bucket):
        from azure.storage.blob import BlobServiceClient

        credential = {"account_name": "devstoreaccount1", "account_key": self.KEY}
        self.client = BlobServiceClient(url, credential=credential).get_container_client(bucket)
        if not self.client.exists():
            self.client.create_container()

    def put(self, key, body):
        self.client.upload_blob(key, body, overwrite=True)

    def keys(self, prefix):
        return (blob.name for blob in self.client.list_blobs(name_starts_with=prefix))

    def get(self, key):
        return self.client.download_blob(key).readall()


class Gcs:
    def __init__(self, url, bucket):
        self.url, self.bucket = url, bucket
        self.ask("/storage/v1/b?project=p", json.dumps({"name": bucket}).encode(), (200, 409))

    def ask(self, path, body=None, accepted=(200,)):
        request = urllib.request.Request(self.url + path, data=body)
        request.add_header("Content-Type", "application/json" if "?project" in path else "application/octet-stream")
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            if error.code not in accepted:
                raise
            return b""

    def put(self, key, body):
        name = urllib.parse.quote(key, safe="")
        self.ask(f"/upload/storage/v1/b/{self.bucket}/o?uploadType=media&name={name}", body)

    def keys(self, prefix):
        after = ""
        while True:
            query = urllib.parse.urlencode({"prefix": prefix, "pageToken": after})
            page = json.loads(self.ask(f"/storage/v1/b/{self.bucket}/o?{query}"))
            yield from (entry["name"] for entry in page.get("items", []))
            after = page.get("nextPageToken", "")
            if not after:
                return

    def get(self, key):
        name = urllib.parse.quote(key, safe="")
        return self.ask(f"/storage/v1/b/{self.bucket}/o/{name}?alt=media")


class S3s(S3):
    versions = False

    def __init__(self, url, bucket):
        super().__init__(url, bucket)
        # s3s-fs lists keys as they are; boto3 asks for encoded ones and decodes.
        from botocore.handlers import set_list_objects_encoding_type_url

        for operation in ["ListObjects", "ListObjectsV2"]:
            event = f"before-parameter-build.s3.{operation}"
            self.client.meta.events.unregister(event, set_list_objects_encoding_type_url)


def main(kind, url, verb, bucket, key, last):
    store = {"s3": S3, "s3s": S3s, "azure": Azure, "gcs": Gcs}[kind](url, bucket)
    if verb == "put":
        for folder, _, names in os.walk(last):
            for name in names:
                path = os.path.join(folder, name)
                with open(path, "rb") as file:
                    store.put(key + os.path.relpath(path, last), file.read())
    elif verb == "get":
        for name in store.keys(key):
            if not name.endswith("/"):
                path = os.path.join(last, name[len(key) :])
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "wb") as file:
                    file.write(store.get(name))
    elif verb == "key":
        store.put(key, last.encode())
    elif verb == "parts":
        with open(last, "rb") as file:
            store.parts(key, file.read())
    elif verb == "many":
        for number in range(int(last)):
            store.put(f"{key}{number:05}.txt", str(number).encode())


main(*sys.argv[1:])
