import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

/** Si hay con qué hacer certificados de prueba. */
export const hayOpenssl = (): boolean => {
  try {
    execFileSync('openssl', ['version'])
    return true
  } catch {
    return false
  }
}

/** Una autoridad de prueba en una carpeta temporal, y los certificados que firma. */
export const unaAutoridad = (t: Pick<TestContext, 'after'>) => {
  const carpeta = mkdtempSync(join(tmpdir(), 'certificados-'))
  t.after(() => rmSync(carpeta, { recursive: true, force: true }))
  const ruta = (nombre: string): string => join(carpeta, nombre)
  const openssl = (...args: readonly string[]): void => void execFileSync('openssl', args, { stdio: 'pipe' })
  const clave = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  openssl('req', '-x509', ...clave, '-days', '2', '-subj', '/CN=autoridad', '-keyout', ruta('ca.key'), '-out', ruta('ca.pem'))
  writeFileSync(ruta('san'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n')
  const firmar = (nombre: string) => {
    const [cert, key, csr] = ['pem', 'key', 'csr'].map((tipo) => ruta(`${nombre}.${tipo}`)) as [string, string, string]
    openssl('req', ...clave, '-subj', `/CN=${nombre}`, '-keyout', key, '-out', csr)
    const ca = ['-CA', ruta('ca.pem'), '-CAkey', ruta('ca.key'), '-CAcreateserial']
    openssl('x509', '-req', '-in', csr, ...ca, '-days', '2', '-extfile', ruta('san'), '-out', cert)
    return { cert, clave: key, bytes: () => ({ cert: readFileSync(cert), clave: readFileSync(key) }) }
  }
  return { ca: ruta('ca.pem'), raiz: () => readFileSync(ruta('ca.pem')), ruta, firmar }
}
