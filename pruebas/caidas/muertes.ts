import { setTimeout as momento } from 'node:timers/promises'
import { cargar } from '../../tests/procesos/apoyo/carga.ts'
import { hastaQue } from '../../tests/procesos/apoyo/hechos.ts'
import { type NombreDeServicio, type Servicio, unosServicios } from '../../tests/procesos/apoyo/servicios.ts'
import { barajar } from '../../tests/procesos/apoyo/testigos.ts'
import type { Plantilla } from './almacenes.ts'
import { abrirEscena, type Corrida, type Escena, terminarEscena } from './escena.ts'
import { pedirSinParar } from './por_sidecar.ts'

const NOMBRES: readonly NombreDeServicio[] = ['api', 'notificaciones', 'ui', 'sidecar']
/** Cuántos intentos se ven, a lo más, entre unas muertes y las siguientes; y cuánto después de uno de ellos mueren. */
const VIDA = 40
const POCO_MS = 30
const AL_VOLVER = 8
/** De cada tantos que vuelven, uno muere además mientras arranca, en este plazo. */
const ARRANCANDO = 0.15
const ARRANQUE_MS = 900

/** Los cuatro procesos, que vuelven con sus mismos puertos. */
const abrirServicios = async (escena: Escena, alVolver: (nombre: NombreDeServicio) => void) => {
  const { banco, correo, env, vivo, reloj, contexto } = escena
  const servicios = unosServicios(banco, { smtp: correo.url, comun: env })
  const vivos = {} as Record<NombreDeServicio, Servicio>
  let muertes = 0
  const arrancar = async (nombre: NombreDeServicio): Promise<void> => {
    if (nombre === 'api' && muertes > 0) reloj.lanzada()
    vivos[nombre] = await servicios.arrancar(nombre)
    const { api, ui } = vivos[nombre].direcciones
    if (nombre === 'api') vivo.api = api ?? ''
    if (nombre === 'ui') vivo.ui = ui ?? ''
    alVolver(nombre)
  }
  /** Muere a medio arrancar. */
  const abortar = async (nombre: NombreDeServicio): Promise<void> => {
    const proceso = servicios.lanzar(nombre)
    await Promise.race([momento(contexto.azar() * ARRANQUE_MS), proceso.fin()])
    proceso.senal('SIGKILL')
    await proceso.fin()
    muertes++
  }
  const matar = async (nombre: NombreDeServicio): Promise<void> => {
    const [antes, aMedias] = [contexto.azar() * POCO_MS, contexto.azar() < ARRANCANDO]
    await momento(antes)
    vivos[nombre].senal('SIGKILL')
    await vivos[nombre].fin()
    muertes++
    if (aMedias) await abortar(nombre)
    await arrancar(nombre)
  }
  for (const nombre of NOMBRES) await arrancar(nombre)
  return { matar, muertes: () => muertes, vivos }
}

/** Mata tantas veces, en momentos al azar y bajo carga, a cualquiera de los cuatro procesos, a veces a varios a la vez, y juzga lo que quedó. */
export const morirAlAzar = async ({ plantilla, muertes, semilla, alMorir }: AlAzar): Promise<Corrida> => {
  const escena = await abrirEscena({ nombre: `al azar en ${plantilla.almacen}, semilla ${semilla}`, plantilla, semilla })
  const { contexto, vivo } = escena
  let [tope, sigue] = [0, true]
  try {
    // A la API que vuelve se le pide algo en seguida, aunque ya se haya visto lo de esta vida.
    const servicios = await abrirServicios(escena, (nombre) => {
      if (nombre === 'api') tope = Math.max(tope, contexto.diario.length + AL_VOLVER)
    })
    const vistas = escena.vistas()
    await hastaQue('que las páginas escuchen', () => vistas.every((vista) => vista.escucha()))
    const vida = { api: vivo.api, terminado: () => !sigue || servicios.vivos.api.terminado() }
    const carga = async (): Promise<void> => {
      for (; sigue; await momento(5)) if (!vida.terminado()) await cargar(contexto, vida, Math.max(0, tope - contexto.diario.length))
    }
    const porSidecar = pedirSinParar(contexto, { direccion: () => servicios.vivos.sidecar.direcciones.grpc ?? '', sigue: () => sigue })
    const cargas = Promise.all([carga(), porSidecar])
    while (servicios.muertes() < muertes) {
      const victimas = barajar(NOMBRES, contexto.azar).slice(0, 1 + Math.floor(contexto.azar() * NOMBRES.length))
      const hasta = contexto.diario.length + contexto.azar() * VIDA
      tope = contexto.diario.length + VIDA
      await hastaQue('que vea sus intentos', () => contexto.diario.length >= hasta)
      await Promise.all(victimas.map(servicios.matar))
      alMorir(servicios.muertes())
    }
    sigue = false
    await cargas
    return await terminarEscena(escena, vistas, servicios.muertes())
  } finally {
    sigue = false
    await escena.cerrar()
  }
}

type AlAzar = Readonly<{ plantilla: Plantilla; muertes: number; semilla: number; alMorir: (cuantas: number) => void }>
