#!/bin/sh
echo "run by nobody"
