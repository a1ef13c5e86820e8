import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { credentials } from '@grpc/grpc-js'
import type { Sistema } from 'aeroalpes-api/sistema.ts'
import { abrirBrokerPulsar } from 'seedwork/infraestructura/broker/pulsar/broker.ts'
import { nuevoEspacio, pulsarDePrueba } from 'seedwork/infraestructura/broker/pulsar/servicio_de_prueba.ts'
import { entornoReal } from 'seedwork/infraestructura/entorno_real.ts'
import { type BaseDePrueba, conCliente } from 'seedwork/pruebas/postgres.ts'
import { VuelosClient } from 'sidecar/gen/vuelos.ts'
import { type Api, CLAVE, clientesDe, type OpcionesDeApi } from '../apoyo/api.ts'
import { abrirServidorDeCorreo, type Trato } from '../apoyo/correo.ts'
import type { Alcance, Lugar, SistemaVisto } from '../apoyo/lugar.ts'
import { hastaQue } from '../procesos/apoyo/hechos.ts'
import { type NombreDeServicio, type Servicio, unosServicios } from '../procesos/apoyo/servicios.ts'
import { unBanco } from '../procesos/apoyo/servidor.ts'
import { leerLog } from './log.ts'

export const NOMBRES = ['api', 'notificaciones', 'sidecar', 'ui'] as const

/** Un Pulsar que vuelve tarda hasta un cuarto de minuto; en una máquina ocupada, más. */
const LISTO_MS = 120_000

/** Lo que dice a los cuatro que usen un Pulsar. */
export const sobrePulsar = (puertoHttp: number, espacio: string): Readonly<Record<string, string>> => ({
  BROKER: 'pulsar',
  EMBEBIDO_WS: '0',
  PULSAR_PUERTO_HTTP: String(puertoHttp),
  PULSAR_NAMESPACE: espacio,
  AEROALPES_CLAVE_ACTOR: CLAVE.toString('base64url'),
  AEROALPES_AEROLINEA: 'acepta',
})

type OpcionesDeProcesos = Readonly<{
  puertoHttp: number
  espacio: string
  comun?: Readonly<Record<string, string>>
  /** Lo más que se espera a que uno esté listo. */
  plazoMs?: number
  /** Cómo trata el servidor de correo cada entrega. */
  tratar?: () => Trato
}>

/** Los cuatro procesos sobre un espacio de nombres, y el servidor al que escriben sus correos. */
export const cuatroProcesos = async (
  alcance: Alcance,
  { puertoHttp, espacio, comun = {}, plazoMs = LISTO_MS, tratar = () => 'aceptar' }: OpcionesDeProcesos,
) => {
  const banco = unBanco(alcance)
  const correo = await abrirServidorDeCorreo({ soloCabeceras: true, tratar })
  alcance.after(correo.cerrar)
  const servicios = unosServicios(banco, {
    smtp: correo.url,
    comun: { ...sobrePulsar(puertoHttp, espacio), ...comun },
    plazoMs,
  })
  const vivos = {} as Record<NombreDeServicio, Servicio>
  const arrancar = async (nombre: NombreDeServicio): Promise<void> => {
    vivos[nombre] = await servicios.arrancar(nombre)
  }
  const matar = async (nombre: NombreDeServicio): Promise<void> => {
    vivos[nombre].senal('SIGKILL')
    await vivos[nombre].fin()
  }
  return {
    banco,
    correo,
    servicios,
    vivos,
    matar,
    arrancar,
    arrancarTodos: async (): Promise<void> => {
      await arrancar('api')
      await Promise.all(NOMBRES.slice(1).map(arrancar))
    },
    api: (): string => vivos.api.direcciones.api ?? '',
    ui: (): string => vivos.ui.direcciones.ui ?? '',
    grpc: (): string => vivos.sidecar.direcciones.grpc ?? '',
  }
}

export type CuatroProcesos = Awaited<ReturnType<typeof cuatroProcesos>>

/** Cuántos mensajes de ese tópico esperan todavía para salir hacia Pulsar. */
export const porSalir = (carpeta: string, topico?: string): number => {
  const db = new DatabaseSync(join(carpeta, 'aeroalpes.db'), { readOnly: true, timeout: 5_000 })
  const { n } = db.prepare('SELECT count(*) AS n FROM pulsar_salida WHERE topico = coalesce(?, topico)').get(topico ?? null) as {
    n: number
  }
  db.close()
  return n
}

/** Lo mismo, si lo que se publica se guarda en una base de PostgreSQL. */
const porSalirDe = (base: string, topico: string): Promise<number> =>
  conCliente(base, async (cliente) => {
    const deTabla = (tabla: string) => `(SELECT count(*) FROM ${tabla} WHERE topico = $1)`
    const { rows } = await cliente.query(`SELECT ${deTabla('pulsar_salida')} + ${deTabla('pulsar_por_numerar')} AS n`, [topico])
    return Number(rows[0]?.n)
  })

/** Lo de dentro no se ve desde aquí, salvo lo que el broker deja leer a cualquiera. */
const porFuera = async (espacio: string): Promise<Readonly<{ sistema: Sistema; cerrar: () => Promise<void> }>> => {
  const broker = await abrirBrokerPulsar({ entorno: entornoReal, servicio: { ...pulsarDePrueba(), espacio }, alFallar: () => {} })
  return { sistema: { broker, entorno: entornoReal } as unknown as Sistema, cerrar: broker.cerrar }
}

/** De dónde sale la base de cada despliegue; sin esto, es el archivo de su carpeta. */
type ConBase = (() => Promise<BaseDePrueba>) | undefined

/** Cuatro procesos sobre un espacio nuevo del Pulsar de estas pruebas; y, si su base la pueden compartir varios, otra API que consume a la vez. */
const procesosEnPulsar = async (alcance: Alcance, conBase: ConBase, comun: Readonly<Record<string, string>> = {}) => {
  const { espacio, borrar } = await nuevoEspacio()
  const postgres = await conBase?.()
  const { puertoHttp } = pulsarDePrueba()
  const suyas = { ...comun, ...(postgres && { BASE_DATOS: postgres.direccion }) }
  const procesos = await cuatroProcesos(alcance, { puertoHttp, espacio, comun: suyas })
  await procesos.arrancarTodos()
  if (postgres !== undefined) {
    const { correo } = procesos
    const otra = unosServicios(unBanco(alcance), {
      smtp: correo.url,
      comun: { ...sobrePulsar(puertoHttp, espacio), ...suyas },
      plazoMs: LISTO_MS,
    })
    await otra.arrancar('api')
    alcance.after(postgres.borrar)
  }
  alcance.after(borrar)
  return { procesos, espacio, puertoHttp, base: postgres?.direccion ?? 'sqlite' }
}

/**
 * Cuatro procesos sobre el Pulsar de estas pruebas. Los que piden una misma API, aunque sean de archivos distintos, comparten despliegue:
 * se cierra con el último. Con `conBase`, sobre PostgreSQL, y con dos procesos de la API.
 */
export const lugarEnPulsar = (conBase?: ConBase): Lugar => {
  const compartidos = new Map<string, ReturnType<typeof desplegar>>()
  /** El adaptador que atiende delante de cada API. */
  const grpcDe = new Map<string, string>()
  const compartido = (opciones: OpcionesDeApi) => {
    const cual = JSON.stringify(opciones)
    const suyo = compartidos.get(cual) ?? desplegar(opciones, conBase)
    compartidos.set(cual, suyo)
    return suyo
  }
  return {
    abrirApi: async (opciones) => {
      const despliegue = await compartido(opciones)
      grpcDe.set(despliegue.procesos.api(), despliegue.procesos.grpc())
      return despliegue.abrir()
    },
    abrirSidecar: async (api) => {
      const direccion = grpcDe.get(api)
      if (direccion === undefined) return undefined
      const cliente = new VuelosClient(direccion, credentials.createInsecure())
      const cerrar = async (): Promise<void> => cliente.close()
      return { direccion, cliente, lineas: [], detener: cerrar, cerrar }
    },
    abrirSistema: async (alcance) => {
      const { procesos } = await procesosEnPulsar(alcance, conBase)
      return sistemaDe(procesos)
    },
  }
}

export const sistemaDe = (procesos: CuatroProcesos): SistemaVisto => ({
  ui: procesos.ui(),
  api: procesos.api(),
  conBuzon: false,
  correosDe: (localizador) => procesos.correo.aceptados.filter(({ subject }) => subject?.includes(localizador)).length,
  morir: async () => void (await Promise.all(NOMBRES.map(procesos.matar))),
  volver: procesos.arrancarTodos,
})

const desplegar = async ({ listaAbierta = false, aerolinea = 'acepta', entorno }: OpcionesDeApi, conBase: ConBase) => {
  if (entorno !== undefined) throw new Error('El reloj de otro proceso no se puede cambiar.')
  const finales: (() => unknown)[] = []
  const alcance: Alcance = { after: (final) => void finales.push(final as () => unknown) }
  const comun = { AEROALPES_LISTA_ABIERTA: listaAbierta ? '1' : '0', AEROALPES_AEROLINEA: aerolinea }
  const { procesos, espacio, puertoHttp, base } = await procesosEnPulsar(alcance, conBase, comun)
  const { sistema, cerrar } = await porFuera(espacio)
  const { carpeta } = procesos.banco
  let abiertas = 0
  const abrir = (): Api => {
    abiertas++
    return {
      ...clientesDe(procesos.api()),
      carpeta,
      base,
      conLog: false,
      publicados: async (topico, llave) => {
        await hastaQue(`que salga lo de ${topico}`, async () =>
          base === 'sqlite' ? porSalir(carpeta, topico) === 0 : (await porSalirDe(base, topico)) === 0,
        )
        const suyos = (await leerLog({ puertoHttp, espacio }, topico)).filter((mensaje) => mensaje.llave === llave)
        return suyos.map(({ propiedades }) => propiedades.type ?? '')
      },
      sistema,
      lineas: [],
      cerrar: async () => {
        if (--abiertas > 0) return
        await cerrar()
        for (const final of finales) await final()
      },
    }
  }
  return { procesos, abrir }
}
