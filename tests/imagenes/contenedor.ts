import { execFile } from 'node:child_process'
import { chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { configuracionDe, type NombreDeImagen, raizDe } from '../../herramientas/imagenes/buildah.ts'
import { hastaQue } from '../procesos/apoyo/hechos.ts'
import type { Banco, Proceso } from '../procesos/apoyo/servidor.ts'

export type Contenedor = Proceso &
  Readonly<{
    /** El HEALTHCHECK de la imagen, dentro del contenedor: con qué salió y qué dijo. */
    sano: () => Promise<Readonly<{ codigo: number; dijo: string }>>
    /** Al proceso 1 del contenedor, como `docker stop`. */
    detener: () => void
    /** La carpeta de fuera que es /datos. */
    datos: string
  }>

const correr = promisify(execFile)

/** Como lo pone Docker con `--read-only --tmpfs /tmp`, con los nombres de esta máquina: la raíz no se escribe, cada volumen sí, y el proceso es el 1 y no es root. */
const PREPARAR = `set -eu
mount --bind "$RAIZ" "$RAIZ"
mount --bind /etc/hosts "$RAIZ/etc/hosts"
mount -o remount,bind,ro "$RAIZ"
mount --rbind /dev "$RAIZ/dev"
mount -t proc proc "$RAIZ/proc"
mount -t tmpfs tmpfs "$RAIZ/tmp"
for volumen in $VOLUMENES; do mount --bind "\${volumen%%:*}" "$RAIZ\${volumen#*:}"; done
exec env -i "$@"`

type Orden = Readonly<{
  imagen: NombreDeImagen
  env?: Readonly<Record<string, string>>
  /** Otra orden en lugar de la de la imagen. */
  orden?: readonly string[]
  /** De fuera adentro, además de /datos. */
  volumenes?: Readonly<Record<string, string>>
}>

/** Corre la imagen en la red de esta máquina. Nada suyo sobrevive a la prueba. */
export const correrImagen = (banco: Banco, { imagen, env = {}, orden, volumenes = {} }: Orden): Contenedor => {
  const { Cmd, Env, User, WorkingDir, Healthcheck } = configuracionDe(imagen)
  const raiz = raizDe(imagen)
  const datos = join(banco.carpeta, imagen)
  mkdirSync(datos, { recursive: true })
  chownSync(datos, 1000, 1000)
  const todos = { [datos]: '/datos', ...volumenes }
  for (const dentro of Object.values(todos)) mkdirSync(join(raiz, dentro), { recursive: true })
  writeFileSync(join(raiz, 'etc/hosts'), '', { flag: 'a' })
  const entorno = [...Env, ...Object.entries(env).map(([nombre, valor]) => `${nombre}=${valor}`)]
  const [usuario = '', grupo = ''] = User.split(':')
  // Muere con quien lo lanzó. Se pide después de cambiar de usuario: ese cambio lo olvida.
  const comoEl = ['setpriv', '--reuid', usuario, '--regid', grupo, '--clear-groups', '--pdeathsig', 'KILL']
  const ejecutar = ['chroot', raiz, ...comoEl, '/usr/bin/env', '-C', WorkingDir, ...(orden ?? Cmd)]
  const proceso = banco.lanzar({
    programa: 'unshare',
    args: ['--mount', '--pid', '--fork', '--propagation', 'private', 'sh', '-c', PREPARAR, 'sh', ...entorno, ...ejecutar],
    env: {
      RAIZ: raiz,
      VOLUMENES: Object.entries(todos)
        .map(([fuera, dentro]) => `${fuera}:${dentro}`)
        .join(' '),
    },
  })
  const uno = (): number => Number(readFileSync(`/proc/${proceso.pid}/task/${proceso.pid}/children`, 'utf8').trim())
  return {
    ...proceso,
    datos,
    sano: () => {
      const dentro = ['--target', String(uno()), '--mount', '--pid', '--root', '--wd', '--setuid', usuario, '--setgid', grupo]
      return correr('nsenter', [...dentro, '/usr/bin/env', '-i', ...entorno, ...Healthcheck.Test.slice(1)]).then(
        () => ({ codigo: 0, dijo: '' }),
        ({ code, stderr }: { code: number; stderr: string }) => ({ codigo: code, dijo: stderr }),
      )
    },
    detener: () => process.kill(uno(), 'SIGTERM'),
  }
}

/** Espera a que el HEALTHCHECK diga que sí. Si no ocurre, falla con lo que dijo el contenedor. */
export const hastaQueEsteSano = async ({ sano, terminado, salida, errores }: Contenedor, imagen: string): Promise<void> => {
  let dijo = ''
  const mirar = async (): Promise<true | undefined> => {
    if (terminado()) throw new Error('terminó')
    const visto = await sano()
    dijo = visto.dijo
    return visto.codigo === 0 || undefined
  }
  await hastaQue(`que ${imagen} esté sano`, mirar).catch((error: Error) => {
    throw new Error(`${error.message}: ${dijo}\n${salida()}${errores()}`)
  })
}
