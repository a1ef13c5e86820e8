import assert from 'node:assert/strict'
import { chownSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { Client, credentials } from '@grpc/grpc-js'
import { nuevaBase } from 'seedwork/pruebas/postgres.ts'
import { puertoLibre } from 'seedwork/pruebas/puerto_libre.ts'
import { llamar } from 'sidecar/llamar.ts'
import { configuracionDe, NOMBRES, raizDe, recoger } from '../../herramientas/imagenes/buildah.ts'
import { crearCliente } from '../apoyo/cliente.ts'
import { abrirServidorDeCorreo } from '../apoyo/correo.ts'
import { unaCompra, unaOferta } from '../apoyo/ofertas.ts'
import { abrirPagina, escuchar } from '../apoyo/ui.ts'
import { hastaQue } from '../procesos/apoyo/hechos.ts'
import { leer } from '../procesos/apoyo/por_fuera.ts'
import { unBanco } from '../procesos/apoyo/servidor.ts'
import { correrImagen, hastaQueEsteSano } from './contenedor.ts'

after(recoger)

const TERMINO_BIEN = { codigo: 0, senal: null }
/** Lo que sólo sirve para desarrollar o construir, o es de otro proceso. */
const AJENO: Readonly<Record<(typeof NOMBRES)[number], RegExp>> = {
  api: /^(?:node-|esbuild|@esbuild|typescript|preact|nodemailer|smtp-server|@grpc|playwright)/,
  notificaciones: /^(?:node-|esbuild|@esbuild|typescript|preact|@fastify\/(?:http-proxy|swagger|static)|smtp-server|@grpc|playwright)/,
  sidecar: /^(?:node-|esbuild|@esbuild|typescript|preact|fastify|kysely|avsc|ws$|nodemailer|@grpc\/proto-loader)/,
  ui: /^(?:node-|esbuild|@esbuild|typescript|preact|nodemailer|smtp-server|@grpc|playwright)/,
}

for (const nombre of NOMBRES)
  test(`la imagen ${nombre} no es de root, dice cómo saber si está sana y sólo lleva lo suyo`, (t) => {
    const { User, Cmd, Healthcheck, Volumes } = configuracionDe(nombre)
    assert.equal(User, '1000:1000')
    assert.deepEqual([Cmd[0], Healthcheck.Test.slice(0, 2)], ['node', ['CMD', 'node']], 'en forma de lista, sin una shell en medio')
    assert.deepEqual(Object.keys(Volumes), ['/datos'])
    const app = join(raizDe(nombre), 'app')
    const paquetes = globSync(['node_modules/*', 'node_modules/@*/*'], { cwd: app }).map((ruta) => ruta.slice('node_modules/'.length))
    assert.deepEqual(
      paquetes.filter((paquete) => AJENO[nombre].test(paquete)),
      [],
    )
    assert.deepEqual(globSync('src/**/*.{test.ts,tsx}', { cwd: app }), [])
    t.diagnostic(`${paquetes.length} paquetes`)
  })

/** Los secretos, como los entrega un volumen: sólo los lee quien corre. La dirección de la base, si no es un archivo suyo. */
const dejarClaves = (carpeta: string, base: string | undefined): string => {
  const claves = join(carpeta, 'claves')
  mkdirSync(claves)
  const secretos = { 'clave-actor': Buffer.alloc(32, 7).toString('base64url'), ...(base !== undefined && { 'base-datos': base }) }
  for (const [nombre, secreto] of Object.entries(secretos)) {
    writeFileSync(join(claves, nombre), secreto, { mode: 0o400 })
    chownSync(join(claves, nombre), 1000, 1000)
  }
  return claves
}

type Lugar = Readonly<{ base?: string; enArchivo: Readonly<Record<string, string>> }>

/** Dónde guarda la API: en su carpeta, o en una base nueva de un PostgreSQL de verdad. */
const LUGARES: Readonly<Record<string, (t: TestContext) => Promise<Lugar>>> = {
  SQLite: async () => ({ enArchivo: {} }),
  PostgreSQL: async (t) => {
    const { direccion, borrar } = await nuevaBase()
    t.after(borrar)
    return { base: direccion, enArchivo: { BASE_DATOS_ARCHIVO: '/claves/base-datos' } }
  },
}

for (const [lugar, abrir] of Object.entries(LUGARES)) {
  test(`las cuatro imágenes juntas sobre ${lugar}, de sólo lectura y sin root: una reserva llega por la página, por correo y por gRPC, y SIGTERM las termina en 0`, async (t) => {
    const banco = unBanco(t)
    const correo = await abrirServidorDeCorreo({ soloCabeceras: true })
    t.after(correo.cerrar)
    const { base, enArchivo } = await abrir(t)
    const [api, broker, grpc, ui] = (await Promise.all([1, 2, 3, 4].map(() => puertoLibre()))).map(String)
    const claves = dejarClaves(banco.carpeta, base)
    const env = {
      AEROALPES_CLAVE_ACTOR_ARCHIVO: '/claves/clave-actor',
      AEROALPES_AEROLINEA: 'acepta',
      AEROALPES_PUERTO: api ?? '',
      AEROALPES_ADDRESS: `127.0.0.1:${api}`,
      PULSAR_PUERTO_HTTP: broker ?? '',
      SIDECAR_PUERTO: grpc ?? '',
      SIDECAR_INSEGURO: '1',
      UI_PUERTO: ui ?? '',
      SMTP_URL: correo.url,
    }
    const correr = async (imagen: (typeof NOMBRES)[number], otras: Readonly<Record<string, string>>) => {
      const contenedor = correrImagen(banco, { imagen, env: { ...env, ...otras }, volumenes: { [claves]: '/claves' } })
      await hastaQueEsteSano(contenedor, imagen)
      return contenedor
    }
    const deApi = await correr('api', { EMBEBIDO_WS: '1', ...enArchivo })
    // Para los demás es un Pulsar: hablan con él por su WebSocket.
    const otros = await Promise.all((['notificaciones', 'sidecar', 'ui'] as const).map((imagen) => correr(imagen, { BROKER: 'pulsar' })))

    const pagina = { url: `http://127.0.0.1:${ui}` }
    const cookie = await abrirPagina(pagina)
    const oyente = await escuchar(pagina, { cookie })
    const cliente = crearCliente(`${pagina.url}/api`, undefined, { cookie, origin: pagina.url })
    const oferta = await unaOferta(cliente, { origen: 'BOG', destino: 'MAD' })
    const { id } = (await cliente.pedir('POST', '/vuelos/reserva', { cuerpo: unaCompra(oferta) })).json<{ id: string }>()
    await oyente.cuando('la aprobación', (tramas) =>
      tramas.some(({ evento, data }) => evento === 'ReservaAprobada' && data?.id_reserva === id),
    )
    await hastaQue('dos correos', () => correo.aceptados.length === 2)
    const adaptador = new Client(`127.0.0.1:${grpc}`, credentials.createInsecure())
    t.after(() => adaptador.close())
    const { reserva } = await llamar(adaptador, 'consultarReserva', { id })
    assert.deepEqual([reserva?.id, reserva?.estado], [id, 'APROBADA'])
    assert.deepEqual(await leer(`http://127.0.0.1:${api}/health/ready`), { status: 'up', atrasados: [] })
    for (const { pid } of [deApi, ...otros]) {
      const uno = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
      assert.match(readFileSync(`/proc/${uno}/status`, 'utf8'), /^Uid:\t1000\t1000\t1000\t1000$/m)
    }
    for (const contenedor of [...otros, deApi]) {
      contenedor.detener()
      assert.deepEqual(await contenedor.fin(), TERMINO_BIEN, contenedor.errores())
    }
  })

  test(`las migraciones corren solas sobre ${lugar} en la imagen de la API, y otra vez sin cambiar nada`, async (t) => {
    const banco = unBanco(t)
    const { base, enArchivo } = await abrir(t)
    const volumenes = { [dejarClaves(banco.carpeta, base)]: '/claves' }
    for (const _ of [1, 2]) {
      const orden = ['node', '--disable-warning=ExperimentalWarning', 'src/aeroalpes/migrar.ts']
      const migrar = correrImagen(banco, { imagen: 'api', orden, env: enArchivo, volumenes })
      assert.deepEqual(await migrar.fin(), TERMINO_BIEN, migrar.errores())
      assert.match(migrar.salida(), /al día/)
    }
  })
}
