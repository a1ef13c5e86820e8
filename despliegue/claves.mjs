// node claves.mjs <carpeta>: los secretos de docker-compose.yml, al azar y la primera vez. Lo que ya existe no se toca.
import { randomBytes } from 'node:crypto'
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Con quién corren nuestras imágenes, y la de PostgreSQL. */
const NUESTRO = 1000
const POSTGRES = 999

const [carpeta = '/claves'] = process.argv.slice(2)
const azar = () => randomBytes(32).toString('base64url')

/** Un archivo que sólo lee `dueno`. Aparece ya con su contenido y sus permisos, o falla. */
const crear = (nombre, texto, dueno) => {
  const archivo = join(carpeta, nombre)
  if (existsSync(archivo)) return readFileSync(archivo, 'utf8')
  mkdirSync(join(archivo, '..'), { recursive: true })
  writeFileSync(archivo, texto, { mode: 0o600, flag: 'wx' })
  if (process.getuid() === 0) chownSync(archivo, dueno, dueno)
  chmodSync(archivo, 0o400)
  return texto
}

crear('actor/clave-actor', azar(), NUESTRO)
const clave = crear('base/clave', azar(), POSTGRES)
crear('base/base-datos', `postgres://aeroalpes:${clave}@db:5432/aeroalpes`, NUESTRO)
